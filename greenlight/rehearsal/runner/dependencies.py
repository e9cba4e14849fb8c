"""The packages of a service's version: those of the working tree where its lock is the same, else installed anew."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from greenlight.processes.owner import Processes
from greenlight.rehearsal.runner.errors import VersionError
from greenlight.rehearsal.runner.program import ENVIRONMENT, node_executable, python_of
from greenlight.rehearsal.runner.python_lock import checked_lines

_NPM = ("ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts", "--allow-git=none")
"""Install scripts are programs of whoever wrote a package, which would run here as whoever rehearses. So is what a
package from git may name as its `git` in an .npmrc."""
_PIP = ("--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:")
"""A package that is not built yet would be built by a program of its own, here as above; hashes are the lock's."""
_CHECKED = "requirements.checked"
_GIVEN = re.compile(r"PATH|PIP_\w+|(?i:https?|no|all)_(?i:proxy)|SSL_CERT_FILE|REQUESTS_CA_BUNDLE")
"""What pip is told of whoever rehearses: how packages are reached. Files in HOME are not read; `PIP_CONFIG_FILE` is."""
_INSTALL_SECONDS = 300
_FOLDERS: Mapping[str, str] = {"package-lock.json": "node_modules", "requirements.txt": ENVIRONMENT}
"""Where the packages of each lock are."""


def provide(exported: Path, here: Path, processes: Processes) -> None:
    """Put the packages of an exported version in its place; `here` is the service's folder in the working tree.

    Raises:
        VersionError: they could not be installed; it says what the installer said last.
    """
    for lock, folder in _FOLDERS.items():
        if not (exported / lock).is_file():
            continue
        if _same_file(exported / lock, here / lock) and (here / folder).is_dir():
            (exported / folder).symlink_to(here / folder)
        else:
            _install(lock, exported, here.name, processes)


def _install(lock: str, exported: Path, service: str, processes: Processes) -> None:
    for command in _commands(lock, exported):
        ended = processes.run(
            command, environment=_environment(lock, exported), folder=exported, seconds=_INSTALL_SECONDS
        )
        if ended.exit_code:
            said = ended.errors.decode(errors="replace").strip().splitlines()[-1:]
            raise VersionError(f"the packages of {service} in {lock} could not be installed: {said}")


def _commands(lock: str, exported: Path) -> Sequence[Sequence[str]]:
    if lock == "package-lock.json":
        return [(*_npm(), *_NPM)]
    (exported / _CHECKED).write_text("\n".join(checked_lines(exported / lock)) + "\n")
    python = str(python_of(exported))
    return [
        (sys.executable, "-m", "venv", str(exported / ENVIRONMENT)),
        (python, "-m", "pip", "install", *_PIP, "--requirement", _CHECKED),
    ]


def _environment(lock: str, exported: Path) -> Mapping[str, str]:
    if lock == "package-lock.json":
        return os.environ
    given = {name: value for name, value in os.environ.items() if _GIVEN.fullmatch(name)}
    return {**given, "HOME": str(exported.parent)}


def _npm() -> tuple[str, ...]:
    """How npm is started: the one that comes with our Node.js, else the one on PATH.

    What pip puts on PATH as `npm` is a Python script that knows the wheel's own Node.js alone.
    """
    node = Path(node_executable())
    script = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return (str(node), str(script)) if script.is_file() else (shutil.which("npm") or "npm",)


def _same_file(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()
