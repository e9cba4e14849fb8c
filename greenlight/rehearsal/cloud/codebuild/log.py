"""The log of a build: a file of the rehearsal, and a stream of CloudWatch Logs, as far as the project's role may.

docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html: a build whose role may not write its log fails.
"""

from __future__ import annotations

import contextvars
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from ministack.services import cloudwatch_logs

from greenlight.processes.process import OwnedProcess
from greenlight.rehearsal.cloud.codebuild.errors import ServiceError
from greenlight.rehearsal.cloud.codebuild.project import Project
from greenlight.rehearsal.cloud.logs import rights


@dataclass(frozen=True)
class BuildLog:
    """Takes lines, and writes them to both places."""

    path: Path
    project: Project
    stream: str

    def open(self) -> None:
        """Open the stream. Raises ServiceError when the role may not."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.project.writes_log:
            return
        named = (self.project.role_arn, self.project.log_group, self.stream)
        refused = rights.opening_refusal(*named, creates_group=True) or rights.writing_refusal(*named)
        if refused:
            raise ServiceError(
                f"ACCESS_DENIED: Service role {self.project.role_arn} does not allow AWS CodeBuild to create Amazon"
                f" CloudWatch Logs log streams for {self.project.name}. Error message: {refused}"
            )
        cloudwatch_logs._create_log_group({"logGroupName": self.project.log_group})
        cloudwatch_logs._create_log_stream({"logGroupName": self.project.log_group, "logStreamName": self.stream})

    def write(self, *lines: str) -> None:
        """Add lines."""
        with self.path.open("a") as file:
            file.writelines(f"{line}\n" for line in lines)
        if self.project.writes_log and lines:
            now = int(time.time() * 1000)
            events = [{"timestamp": now, "message": line} for line in lines]
            place = {"logGroupName": self.project.log_group, "logStreamName": self.stream}
            cloudwatch_logs._put_log_events({**place, "logEvents": events})

    def follow(self, process: OwnedProcess) -> threading.Thread:
        """Take what a process prints, line by line, until nobody holds its output any more."""
        run = contextvars.copy_context().run
        thread = threading.Thread(target=run, args=(self._follow, process), name="build-log", daemon=True)
        thread.start()
        return thread

    def _follow(self, process: OwnedProcess) -> None:
        with process.output as output:
            for raw in output:
                self.write(raw.decode(errors="replace").rstrip("\n"))
