"""The unit files of systemd that a host's user data wrote, as far as a rehearsed host needs them."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

FOLDER = "etc/systemd/system"
_PYTHON = "/usr/bin/python3"
_OURS = ("/usr/local/lib/greenlight/", "/var/lib/greenlight/")
"""Where the host's own files lie; on this machine they lie below the host's home."""


@dataclass(frozen=True)
class Unit:
    """A service: its command and its variables as they are on this machine, and the address of its socket, if any."""

    command: tuple[str, ...]
    environment: dict[str, str]
    listens_at: str


def read_unit(root: Path, name: str) -> Unit:
    """Read a service and the socket of its name. Raises OSError when there is no such service."""
    service = _settings(root / FOLDER / name)
    socket = root / FOLDER / f"{name.removesuffix('.service')}.socket"
    variables = (text.partition("=") for text in service.get("Environment", []))
    return Unit(
        command=tuple(_here(root, word) for word in shlex.split(service["ExecStart"][-1])),
        environment={key: value for key, _, value in variables},
        listens_at=_settings(socket)["ListenStream"][-1] if socket.is_file() else "",
    )


def _settings(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, given, value in (line.partition("=") for line in path.read_text().splitlines()):
        if given:
            found.setdefault(key.strip(), []).append(value.strip())
    return found


def _here(root: Path, word: str) -> str:
    if word == _PYTHON:
        return sys.executable
    return f"{root}{word}" if word.startswith(_OURS) else word
