"""The log driver of a task's container: ECS opens the stream with the execution role before it pulls the image.

ECS guide, "Amazon ECS stopped tasks error messages", ResourceInitializationError. ministack opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import ecs

from greenlight.rehearsal.cloud.logs import rights
from greenlight.rehearsal.cloud.logs.awslogs import LogStream
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.silences import Silences

_INVALID = "failed to validate logger args: create stream has been retried 1 times: "
_OF_MINISTACK = "unable to pull image or start container: "


class LogDriverError(Exception):
    """The log of a container cannot be opened, so its task does not start."""


def install() -> None:
    """Let a task that stopped because of its log say what ECS says."""
    rights.check_requirements()
    require(ecs, "_fail_task_start")
    ecs._fail_task_start = _in_words_of_ecs(ecs._fail_task_start)


def open_log(
    silences: Silences, definition: Mapping[str, Any], container: Mapping[str, Any], task: Mapping[str, Any]
) -> None:
    """Open a container's log with its task's execution role. Raises LogDriverError."""
    declared = container.get("logConfiguration") or {}
    options = declared.get("options") or {}
    identity = str(task["taskArn"]).rpartition("/")[2]
    name = f"{options.get('awslogs-stream-prefix', '')}/{container['name']}/{identity}"
    stream = LogStream.of(declared.get("logDriver", ""), options, name)
    if stream is None:
        return
    role = str(definition.get("executionRoleArn") or "")
    refused = stream.opening_refusal(role)
    if refused:
        raise LogDriverError(f"{_INVALID}{refused} : exit status 1")
    stream.open()
    lost = stream.writing_refusal(role)
    if lost:
        silences.lost(f"the log of {container['name']} of the task {definition['family']} in {stream.group}: {lost}")


def _in_words_of_ecs(fail: Callable[[Any, Any, str], None]) -> Callable[[Any, Any, str], None]:
    def fail_task_start(task: Any, docker_client: Any, reason: str) -> None:
        fail(task, docker_client, reason.replace(_OF_MINISTACK + _INVALID, _INVALID))

    return fail_task_start
