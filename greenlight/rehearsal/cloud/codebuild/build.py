"""One build, from its source to its artifacts.

Which phase follows which: docs.aws.amazon.com/codebuild/latest/userguide/view-build-details.html, "Build phase
transitions". A failed install or pre_build ends a build; after a failed build post_build runs, and then the artifacts
are uploaded all the same.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from greenlight.processes.owner import Processes
from greenlight.processes.process import OwnedProcess
from greenlight.rehearsal.cloud.codebuild.artifacts import Uploads
from greenlight.rehearsal.cloud.codebuild.buildspec import ABORT, PHASES, BuildSpec, is_inline
from greenlight.rehearsal.cloud.codebuild.environment import declared, surroundings, told
from greenlight.rehearsal.cloud.codebuild.errors import BuildError, BuildSpecError, StoppedError, TimeUpError
from greenlight.rehearsal.cloud.codebuild.log import BuildLog
from greenlight.rehearsal.cloud.codebuild.order import Order
from greenlight.rehearsal.cloud.codebuild.project import Project
from greenlight.rehearsal.cloud.codebuild.record import FAILED, SUCCEEDED, Record, failed
from greenlight.rehearsal.cloud.codebuild.role import ProjectRole
from greenlight.rehearsal.cloud.codebuild.script import Shell
from greenlight.rehearsal.cloud.codebuild.source import SourceFolder

log = logging.getLogger(__name__)

_ENDING = frozenset({"install", "pre_build"})
"""Phases after whose failure nothing else runs."""
_LAST_LINES_SECONDS = 1.0


@dataclass(frozen=True)
class Workplace:
    """Where the commands of a build run: what they are, in which shell, environment and folder."""

    spec: BuildSpec
    shell: Shell
    environment: Mapping[str, str]
    folder: Path


@dataclass
class Build:
    """A build that is under way. `minute_seconds` is how long a minute of its timeout takes."""

    record: Record
    project: Project
    order: Order
    root: Path
    log: BuildLog
    role: ProjectRole
    processes: Processes
    minute_seconds: float
    _is_stopped: bool = False
    _process: OwnedProcess | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Run it, and write down how it went. Nothing is left of its folder; its log stays."""
        self._deadline = time.monotonic() + self.project.timeout_minutes * self.minute_seconds
        exported: dict[str, str] = {}
        try:
            status = self._phases(exported)
        except BuildError as error:
            status = error.status
            self._note(f"the build ended: {error}")
        except Exception as error:
            log.exception("the build %s cannot be played", self.record.id)
            status = "FAULT"
            self._note(f"the rehearsal failed: {type(error).__name__}: {error}")
        shutil.rmtree(self.root, ignore_errors=True)
        self.record.end(status, exported)

    def stop(self) -> None:
        """Kill what runs, with everything that it started; nothing runs any more."""
        with self._lock:
            self._is_stopped = True
            if self._process:
                self._process.kill()

    def _phases(self, exported: dict[str, str]) -> str:
        with self.record.phase("PROVISIONING"):
            self.log.open()
            self.role.check()
        with self.record.phase("DOWNLOAD_SOURCE"):
            workplace = self._workplace()
        succeeding, uploads = self._commands(workplace)
        exported.update(workplace.shell.exports())
        if uploads:
            with self.record.phase("UPLOAD_ARTIFACTS"):
                Uploads(workplace.folder, self.role.client).put(self.order.outputs, workplace.spec.files)
        with self.record.phase("FINALIZING"):
            return SUCCEEDED if succeeding else FAILED

    def _workplace(self) -> Workplace:
        source = SourceFolder(self.root, self.project.role_arn, self.role.client, self.processes)
        folders = source.put(self.order.inputs)
        spec = self._spec(source.primary)
        if not spec.git_credentials:
            source.forget_credentials()
        hidden = self.root / "shell"
        hidden.mkdir()
        shell = Shell(hidden, spec.shell, spec.exported)
        return Workplace(spec, shell, {**self._environment(spec, source.primary), **folders}, source.primary)

    def _commands(self, workplace: Workplace) -> tuple[bool, bool]:
        """Run the phases; say whether all of them succeeded, and whether artifacts are still uploaded."""
        succeeding = True
        for name in PHASES:
            passed = self._phase(name, workplace, succeeding)
            succeeding = succeeding and passed
            if not passed and (name in _ENDING or workplace.spec.phases[name].on_failure == ABORT):
                return False, False
        return succeeding, True

    def _phase(self, name: str, workplace: Workplace, succeeding: bool) -> bool:
        """Run one phase, its `finally` in any case; a phase succeeds when both do."""
        phase, passed = workplace.spec.phases[name], True
        with self.record.phase(name.upper()) as entry:
            for commands in filter(None, (phase.commands, phase.at_last)):
                code = self._run(workplace, commands, succeeding=succeeding and passed)
                if code and passed:
                    command = commands[workplace.shell.reached()]
                    said = f"Error while executing command: {command}. Reason: exit status {code}"
                    self._note(said)
                    failed(entry, "COMMAND_EXECUTION_ERROR", said)
                passed = passed and code == 0
        return passed

    def _run(self, workplace: Workplace, commands: Sequence[str], *, succeeding: bool) -> int:
        """Run commands to their end, and return their exit code. Raises StoppedError and TimeUpError."""
        shell = workplace.shell
        command = [shell.name, "-c", shell.script(commands, succeeding=succeeding)]
        process = self._start(command, workplace.environment, workplace.folder)
        following = self.log.follow(process)
        code = process.wait(max(0.0, self._deadline - time.monotonic()))
        if code is None:
            process.kill()
            raise TimeUpError(f"Build has timed out after {self.project.timeout_minutes:g} minutes.")
        following.join(_LAST_LINES_SECONDS)
        if self._is_stopped:
            raise StoppedError("the build was stopped")
        return code

    def _start(self, command: list[str], environment: Mapping[str, str], folder: Path) -> OwnedProcess:
        with self._lock:
            if self._is_stopped:
                raise StoppedError("the build was stopped")
            self._process = self.processes.start(
                command, environment=environment, folder=folder, output=subprocess.PIPE, errors=subprocess.STDOUT
            )
            return self._process

    def _spec(self, source: Path) -> BuildSpec:
        text = self.project.buildspec or "buildspec.yml"
        if not is_inline(text):
            path = source / text
            if not path.is_file():
                raise BuildSpecError(f"stat {text}: no such file or directory")
            text = path.read_text()
        return BuildSpec.parse(text)

    def _environment(self, spec: BuildSpec, source: Path) -> dict[str, str]:
        home = self.root / "home"
        (home / "tmp").mkdir(parents=True)
        revision = self.order.inputs[0].revision if self.order.inputs else ""
        return {
            **declared(spec, self.project, self.role.client),
            **surroundings(home, self.role.endpoint_url),
            **told(self.record.shown, self.project, source, revision),
            **self.role.variables(),
        }

    def _note(self, line: str) -> None:
        self.log.write(f"[Container] {line}")
