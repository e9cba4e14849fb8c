"""Free TCP ports on the loopback address."""

from __future__ import annotations

import itertools
import secrets
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
_LOWEST = 12_000
_SPAN = 18_000
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_turn = itertools.count(secrets.randbelow(_SPAN))
"""Nobody can tell which port comes next, and take it first."""


def free_port() -> int:
    """Find a port that a container may keep for its whole life, restarts included.

    The ports lie below the range from which the kernel takes the near end of outgoing connections: a load generator
    opens thousands of those, and one of them could otherwise hold the port at the moment of a restart.
    """
    span = min(_SPAN, _ephemeral_start() - _LOWEST)
    for _ in range(span):
        port = _LOWEST + next(_turn) % span
        if _is_free(port):
            return port
    raise OSError(f"no free port on {LOOPBACK} from {_LOWEST} to {_LOWEST + span}: stop what listens there")


def is_listening(port: int) -> bool:
    """Say whether something accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _ephemeral_start() -> int:
    try:
        return int(_EPHEMERAL.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return _LOWEST + _SPAN
