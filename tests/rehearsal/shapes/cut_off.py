"""Run a command where there is no network but the loopback interface: `python -m tests.rehearsal.shapes.cut_off CMD...`

The command gets a network namespace of its own (network_namespaces(7)), in a user namespace of its own, which takes no
privilege on most Linux machines (user_namespaces(7)). Whatever it starts is in there as well, in any language: nothing
can be forgotten as in a process that only promises to connect nowhere. It ends with TRIED when anything tried to reach
another address, even if nobody noticed that it failed: the kernel counts what it found no route for.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

CUT_OFF = [sys.executable, "-m", "tests.rehearsal.shapes.cut_off"]

TRIED = 86
"""The exit code of a command that did what it should, but tried to reach more than this machine."""

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1
_INTERFACE_FLAGS = "16sH14x"


def is_possible() -> bool:
    """Whether this machine lets anybody cut a process off."""
    if sys.platform != "linux":
        return False
    return not subprocess.run([*CUT_OFF, "true"], capture_output=True, check=False).returncode


def _leave_the_network() -> None:
    user, group = os.getuid(), os.getgid()
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "a namespace was refused")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack(_INTERFACE_FLAGS, b"lo", _IFF_UP))


def _tries() -> int:
    """How often the kernel found no route since the namespace was made (RFC 4293, ipSystemStatsOutNoRoutes)."""
    names, values = (line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:"))
    version_6 = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    return int(dict(zip(names, values, strict=True))["OutNoRoutes"]) + int(version_6["Ip6OutNoRoutes"])


if __name__ == "__main__":
    _leave_the_network()
    before = _tries()
    code = subprocess.call(sys.argv[1:])
    if tries := _tries() - before:
        print(f"{tries} times something tried to reach another address than 127.0.0.1", file=sys.stderr)
    sys.exit(code or (TRIED if tries else 0))
