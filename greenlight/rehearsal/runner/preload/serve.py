"""Run gunicorn as in a container: `python -P serve.py [--fault FILE]... -- ARGUMENTS`, on the service's own Python.

A container has a network of its own: every port is free there, others reach a port only when it is published, and what
listens on the container's own loopback address is reached by nobody else. As a process the service listens on this
machine's loopback address instead: a published port on the real one that stands for it, any other on one that nobody
knows. Nothing of Greenlight is imported: the service's Python does not have it.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import socket
import sys
from typing import Any
from weakref import WeakKeyDictionary

from gunicorn.app.wsgiapp import WSGIApplication, run

EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what a service asks for; it gets the loopback address
ITSELF = frozenset({"127.0.0.1", "::1", "localhost"})
LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::ffff:127.0.0.1"}
UNKNOWN = 0
PUBLISHED = {
    int(port): int(real) for port, real in json.loads(os.environ.get("GREENLIGHT_PUBLISHED_PORTS", "{}")).items()
}

_bind, _getsockname, _load = socket.socket.bind, socket.socket.getsockname, WSGIApplication.load_wsgiapp
_asked: WeakKeyDictionary[socket.socket, int] = WeakKeyDictionary()


def bind(self: socket.socket, address: Any) -> None:
    """Listen where the container's port is published."""
    if self.family not in LOOPBACK or address[0] not in EVERYWHERE | ITSELF:
        _bind(self, address)
        return
    host, port, *rest = address
    real = PUBLISHED.get(port, UNKNOWN) if host in EVERYWHERE else UNKNOWN
    _bind(self, (LOOPBACK[self.family], real, *rest))
    _asked[self] = port


def getsockname(self: socket.socket) -> Any:
    """Say what the service asked for: it believes to listen on the container's port."""
    found = _getsockname(self)
    return (found[0], _asked[self], *found[2:]) if _asked.get(self) else found


def main() -> None:
    """Put the network and the faults in place, and run gunicorn's own program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("arguments", nargs="*")
    given = parser.parse_args()

    def load(self: Any) -> Any:
        application = _load(self)
        for file in given.fault:
            application = runpy.run_path(file)["faulty"](application)
        return application

    socket.socket.bind, socket.socket.getsockname = bind, getsockname  # type: ignore[method-assign, assignment]
    WSGIApplication.load_wsgiapp = load
    sys.argv = ["gunicorn", *given.arguments]
    run(prog="gunicorn")


if __name__ == "__main__":
    main()
