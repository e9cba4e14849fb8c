"""An instance's operating system, as far as scripts on it can tell."""

from __future__ import annotations

import os
import subprocess
import threading
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from greenlight.processes.owner import Processes
from greenlight.processes.process import OwnedProcess
from greenlight.rehearsal.host.surroundings import DOCKER_VARIABLE, ENDPOINT_VARIABLE, HOST_VARIABLE, ROOT_VARIABLE
from greenlight.rehearsal.host.units import Units
from greenlight.rehearsal.runner.log import BoundedLog

TIMED_OUT = 137
"""The exit code of a script that was killed, as bash reports SIGKILL."""


@dataclass(frozen=True)
class Execution:
    """How a script ended."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class MachinePlace:
    """Where a machine lives on this one.

    Attributes:
        home: HOME of its scripts; also their working directory, and TMPDIR lies in it.
        commands: the folder of the stand-ins, first on PATH.
        endpoint_url: the local cloud.
        docker_key: what the host's scripts show to use its docker.
    """

    home: Path
    commands: Path
    endpoint_url: str
    docker_key: str = ""


class Machine:
    """Run an instance's scripts in bash: with a home of their own, the stand-ins on PATH and the role's credentials.

    A script that keeps to its home, to mktemp and to the stand-ins stays inside the run; nothing else confines it.
    """

    def __init__(
        self,
        name: str,
        place: MachinePlace,
        log: BoundedLog,
        credentials: Callable[[], Mapping[str, str]],
        processes: Processes,
    ) -> None:
        self.name = name
        self._place = place
        self._log = log
        self._credentials = credentials
        self._processes = processes
        self._running: set[OwnedProcess] = set()
        self._lock = threading.Lock()
        self._off = False
        self.units = Units(place.home, log, self._environment, processes)
        (place.home / "tmp").mkdir(parents=True, exist_ok=True)

    def boot(self, user_data: str) -> None:
        """Run the user data once, in the background, as cloud-init does after the instance is already `running`."""
        script = script_of(user_data)
        if script:
            threading.Thread(target=self._first_boot, args=(script,), name=f"boot-{self.name}", daemon=True).start()

    def execute(self, script: str, timeout_seconds: float | None = None) -> Execution:
        """Run a script to its end, or kill it, and what it started, when the time is up."""
        process = self._start(script)
        if not process:
            return Execution(TIMED_OUT, "", f"{self.name} is switched off")
        finished = process.finish(timeout_seconds)
        with self._lock:
            self._running.discard(process)
        stdout, stderr = (content.decode(errors="replace") for content in (finished.output, finished.errors))
        exit_code = finished.exit_code if finished.exit_code >= 0 else TIMED_OUT
        self._log.note(f"a script ended with {exit_code}\n{stdout}{stderr}".rstrip())
        return Execution(exit_code, stdout, stderr)

    def start(self, services: Sequence[str]) -> Execution:
        """Start services by the names of their units."""
        for name in services:
            try:
                self.units.start(name)
            except OSError as error:
                return Execution(1, "", f"Failed to start {name}: {error}\n")
        return Execution(0, "", "")

    def power_off(self) -> None:
        """Kill every script that still runs; later ones do not start. Its services end."""
        with self._lock:
            self._off = True
            running = list(self._running)
        for process in running:
            process.kill()
        self.units.stop()

    def _first_boot(self, script: str) -> None:
        self._log.note(f"{self.name} runs its user data")
        self.execute(script)

    def _start(self, script: str) -> OwnedProcess | None:
        with self._lock:
            if self._off:
                return None
            process = self._processes.start(
                ("bash", "-c", script, self.name),
                environment=self._environment(),
                folder=self._place.home,
                output=subprocess.PIPE,
                errors=subprocess.PIPE,
            )
            self._running.add(process)
            return process

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join((str(self._place.commands), os.defpath)),
            "HOME": str(self._place.home),
            "TMPDIR": str(self._place.home / "tmp"),
            ROOT_VARIABLE: str(self._place.home),
            HOST_VARIABLE: self.name,
            ENDPOINT_VARIABLE: self._place.endpoint_url,
            DOCKER_VARIABLE: self._place.docker_key,
            **self._credentials(),
        }


def script_of(user_data: str) -> str:
    """Decode user data; empty when there is none. Raises ValueError when it is not a shell script."""
    if not user_data:
        return ""
    try:
        script = b64decode(user_data, validate=True).decode()
    except (Base64Error, UnicodeDecodeError) as error:
        raise ValueError(f"user data is not base64 text: {error}") from error
    first = script.splitlines()[0] if script else ""
    if not (first.startswith("#!") and first.endswith(("bash", "sh"))):
        raise ValueError(
            f"user data starts with {first!r}: the rehearsal runs shell scripts, which start with '#!/bin/bash'"
        )
    return script
