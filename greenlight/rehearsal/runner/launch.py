"""The command that this machine can execute for an image's own, with the rehearsed faults in it.

The runtime itself is started, never npm or a shell: signals then arrive at the service. Each runtime has its own way to
carry faults and to have a network of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from greenlight.rehearsal.runner.errors import ProgramError
from greenlight.rehearsal.runner.program import Program, node_executable, python_of

_PRELOADS = Path(__file__).with_name("preload")
_FAULTS = Path(__file__).with_name("faults")


def launch_command(program: Program, faults: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Return the command for the service in `folder`, a version with these faults.

    Raises:
        ProgramError: it starts with a runtime that the rehearsal does not know, or a fault is not known there.
    """
    runtime, *arguments = program.command
    match Path(runtime).name:
        case "node":
            return _node(arguments, faults)
        case "gunicorn":
            return _gunicorn(arguments, faults, folder)
    raise ProgramError(f"a service starts with {runtime!r}: the rehearsal can start 'node' and 'gunicorn'")


def _node(arguments: Sequence[str], faults: Sequence[str]) -> tuple[str, ...]:
    preloads = [_PRELOADS / "network.mjs", *(_fault(name, ".mjs") for name in faults)]
    imports = [word for path in preloads for word in ("--import", path.as_uri())]
    return (node_executable(), *imports, *arguments)


def _gunicorn(arguments: Sequence[str], faults: Sequence[str], folder: Path) -> tuple[str, ...]:
    """On the service's own Python, which sees no folder of ours: `-P` keeps the script's own off its path."""
    given = [word for name in faults for word in ("--fault", str(_fault(name, ".py")))]
    return (str(python_of(folder)), "-P", str(_PRELOADS / "serve.py"), *given, "--", *arguments)


def _fault(name: str, suffix: str) -> Path:
    path = _FAULTS / f"{name}{suffix}"
    if not path.is_file():
        known = ", ".join(sorted(fault.stem for fault in _FAULTS.glob(f"*{suffix}")))
        raise ProgramError(f"fault {name!r} is not known: use one of {known}")
    return path
