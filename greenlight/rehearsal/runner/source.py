"""The code that a version names: a commit's folder of a service, or the working tree's."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
import threading
from pathlib import Path

from greenlight.processes.owner import Processes
from greenlight.processes.process import Finished
from greenlight.rehearsal.runner.dependencies import provide
from greenlight.rehearsal.runner.errors import VersionError


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
            provide(exported, self._checkout / source, self._processes)
            exported.rename(folder)

    def _git(self, *arguments: str) -> Finished:
        environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
        return self._processes.run(("git", "-C", str(self._checkout), *arguments), environment=environment)
