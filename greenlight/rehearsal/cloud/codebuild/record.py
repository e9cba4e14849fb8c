"""The record of a build as BatchGetBuilds shows it, and its phases.

docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html and API_BuildPhase.html.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from greenlight.rehearsal.cloud.codebuild.errors import BuildError
from greenlight.rehearsal.cloud.codebuild.order import Order
from greenlight.rehearsal.cloud.codebuild.project import Project

IN_PROGRESS, SUCCEEDED, FAILED = "IN_PROGRESS", "SUCCEEDED", "FAILED"


class Record:
    """One build. What clients see is `shown`."""

    def __init__(self, shown: dict[str, Any], project: Project, order: Order, source_version: str) -> None:
        stream = "/".join(filter(None, (project.log_stream_prefix, shown["id"].partition(":")[2])))
        shown.pop("endTime", None)
        shown.update(
            startTime=time.time(),
            currentPhase="SUBMITTED",
            buildStatus=IN_PROGRESS,
            buildComplete=False,
            phases=[],
            initiator=order.initiator,
            exportedEnvironmentVariables=[],
            sourceVersion=source_version,
            timeoutInMinutes=int(project.timeout_minutes),
            serviceRole=project.role_arn,
            logs={"groupName": project.log_group, "streamName": stream},
        )
        self.shown = shown

    @property
    def id(self) -> str:
        """`<project>:<uuid>`."""
        return str(self.shown["id"])

    @property
    def stream(self) -> str:
        """The stream of its log."""
        return str(self.shown["logs"]["streamName"])

    @contextmanager
    def phase(self, kind: str) -> Iterator[dict[str, Any]]:
        """Enter a phase, and leave it as succeeded, or as the BuildError says that passes."""
        entry: dict[str, Any] = {"phaseType": kind, "startTime": time.time()}
        self.shown["phases"] = [*self.shown["phases"], entry]
        self.shown["currentPhase"] = kind
        try:
            yield entry
        except BuildError as error:
            self._leave(entry, error.status, error.code, str(error))
            raise
        self._leave(entry, entry.pop("failed", SUCCEEDED), *entry.pop("said", ()))

    def end(self, status: str, exported: Mapping[str, str]) -> None:
        """Say how it ended."""
        variables = [{"name": name, "value": value} for name, value in exported.items()]
        now = time.time()
        self.shown["phases"] = [*self.shown["phases"], {"phaseType": "COMPLETED", "startTime": now}]
        self.shown.update(
            exportedEnvironmentVariables=variables,
            endTime=now,
            currentPhase="COMPLETED",
            buildComplete=True,
            buildStatus=status,
        )

    @staticmethod
    def _leave(entry: dict[str, Any], status: str, code: str = "", message: str = "") -> None:
        now = time.time()
        entry.update(
            endTime=now,
            durationInSeconds=int(now - entry["startTime"]),
            contexts=[{"statusCode": code, "message": message}],
            phaseStatus=status,
        )


def failed(entry: dict[str, Any], code: str, message: str) -> None:
    """Say within a phase that it failed, although the build goes on."""
    entry.update(failed=FAILED, said=(code, message))
