"""Envoy's administration over a Unix socket: anybody on the machine could reach a port, and end Envoy there."""

from __future__ import annotations

import socket
from http.client import HTTPConnection
from pathlib import Path

LONGEST_PATH_BYTES = 103
"""What macOS takes for the path of a socket, and Linux four more (sys/un.h)."""

_SECONDS = 2.0


class Admin(HTTPConnection):
    """One connection to the socket, for one question."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket. Raises OSError when nobody listens there."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_SECONDS)
        self.sock.connect(str(self._path))


def ask(path: Path, what: str) -> str:
    """Return the answer to GET /<what>. Raises OSError when there is none, or one that says no."""
    connection = Admin(path)
    try:
        connection.request("GET", f"/{what}")
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    if answer.status != 200:
        raise OSError(f"Envoy answered {answer.status} to /{what}: {text}")
    return text
