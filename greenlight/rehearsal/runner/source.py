"""The code that a version names: a commit's folder of a service, or the working tree's."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import tempfile
import threading
from pathlib import Path

from greenlight.processes.owner import Processes
from greenlight.processes.process import Finished
from greenlight.rehearsal.runner.errors import VersionError
from greenlight.rehearsal.runner.program import node_executable

_INSTALL = ("ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts", "--allow-git=none")
"""Install scripts are programs of whoever wrote a package, which would run here as whoever rehearses. So is what a
package from git may name as its `git` in an .npmrc."""
_INSTALL_SECONDS = 300


class Sources:
    """Find, and if needed export, the folder that a version of a service is run from.

    A version that was asked for as a commit is run from that, exported once per run into the run's own directory, so
    the checkout stays as it is. Any other version is run from the working tree: the rehearsal then shows how today's
    code behaves under that name.
    """

    def __init__(self, checkout: Path, exports: Path, processes: Processes) -> None:
        self._checkout = checkout
        self._exports = exports
        self._processes = processes
        self._exporting = threading.Lock()

    def folder(self, source: str, commit: str = "") -> Path:
        """Return the folder to run from; `source` is the service's, relative to the checkout.

        Raises:
            VersionError: neither git nor the working tree has it.
        """
        if commit:
            return self._export(source, commit)
        folder = self._checkout / source
        if not folder.is_dir():
            raise VersionError(f"there is no folder {source}: the service's `source` in cdk.json names it")
        return folder

    def _export(self, source: str, commit: str) -> Path:
        folder = self._exports / source / commit[:12]
        with self._exporting:
            if not folder.is_dir():
                archive = self._git("archive", "--format=tar", commit, source)
                if archive.exit_code:
                    raise VersionError(f"commit {commit[:12]} has no {source}: use a version that has it")
                self._unpack(archive.output, source, folder)
        return folder

    def _unpack(self, archive: bytes, source: str, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                tar.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.4 and newer have it
                tar.extractall(scratch)  # noqa: S202 - filtered by the line above
            exported = Path(scratch) / source
            self._provide_dependencies(exported, source)
            exported.rename(folder)

    def _provide_dependencies(self, exported: Path, source: str) -> None:
        lock = exported / "package-lock.json"
        if not lock.is_file():
            return
        here = self._checkout / source
        if _same_file(lock, here / "package-lock.json") and (here / "node_modules").is_dir():
            (exported / "node_modules").symlink_to(here / "node_modules")
            return
        installed = self._processes.run(
            (*_npm(), *_INSTALL), environment=os.environ, folder=exported, seconds=_INSTALL_SECONDS
        )
        if installed.exit_code:
            said = installed.errors.decode(errors="replace").strip().splitlines()[-1:]
            raise VersionError(f"npm ci failed for {source}: {said}")

    def _git(self, *arguments: str) -> Finished:
        environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
        return self._processes.run(("git", "-C", str(self._checkout), *arguments), environment=environment)


def _npm() -> tuple[str, ...]:
    """How npm is started: the one that comes with our Node.js, else the one on PATH.

    What pip puts on PATH as `npm` is a Python script that knows the wheel's own Node.js alone.
    """
    node = Path(node_executable())
    script = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return (str(node), str(script)) if script.is_file() else (shutil.which("npm") or "npm",)


def _same_file(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()
