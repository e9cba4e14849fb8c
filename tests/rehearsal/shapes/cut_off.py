"""Run a command where there is no network but the loopback interface: `python -m tests.rehearsal.shapes.cut_off CMD...`

The command gets a network namespace of its own (network_namespaces(7)), in a user namespace of its own, which takes no
privilege on most Linux machines (user_namespaces(7)). Whatever it starts is in there as well, in any language: nothing
can be forgotten as in a process that only promises to connect nowhere.
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


if __name__ == "__main__":
    _leave_the_network()
    os.execvp(sys.argv[1], sys.argv[1:])
