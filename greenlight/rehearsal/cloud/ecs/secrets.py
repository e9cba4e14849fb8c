"""The secrets of a task's containers: ECS reads them with the execution role before it starts anything.

ECS guide, "Pass Secrets Manager secrets through Amazon ECS environment variables"; the words: "Resolve Amazon ECS
ResourceInitializationError errors". ministack reads every secret, whatever the role may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from ministack import app
from ministack.services import ecs

from greenlight.rehearsal.cloud.iam.permission import denial
from greenlight.rehearsal.cloud.requirement import require

ACTION = "secretsmanager:GetSecretValue"
_REFUSED = (
    "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {arn} from"
    " secrets manager: AccessDeniedException: {why} status code: 400"
)
_NO_ROLE = "unable to retrieve secret from asm: The task has no execution role, which secrets need"

_starting: ContextVar[Mapping[str, Any]] = ContextVar("starting")
"""The definition of the task that this thread starts."""

Definition = Mapping[str, Any]


def install() -> None:
    """Ask IAM before a secret is read."""
    require(ecs, "_start_task_worker", "_resolve_container_secrets", "_SecretResolutionError")
    ecs._start_task_worker = _knowing_the_task(ecs._start_task_worker)
    ecs._resolve_container_secrets = _asking_iam(ecs._resolve_container_secrets)


def refusal(definition: Definition, container: Definition) -> str:
    """Say in ECS's words which secret of a container the execution role may not read; empty when it may read all."""
    arns = [":".join(str(each["valueFrom"]).split(":")[:7]) for each in container.get("secrets") or ()]
    role = str(definition.get("executionRoleArn") or "")
    if arns and not role:
        return _NO_ROLE
    refused = ((arn, denial(role, ACTION, arn)) for arn in arns)
    return next((_REFUSED.format(arn=arn, why=why) for arn, why in refused if why), "")


def _knowing_the_task(start: Callable[..., None]) -> Callable[..., None]:
    def start_task(task: Any, definition: Definition, *more: Any) -> None:
        _starting.set(definition)
        start(task, definition, *more)

    return start_task


def _asking_iam(resolve: Callable[[Any], Mapping[str, str]]) -> Callable[[Any], Mapping[str, str]]:
    def resolved(container: Definition) -> Mapping[str, str]:
        refused = refusal(_starting.get(), container) if app.AUTH else ""
        if refused:
            raise ecs._SecretResolutionError(refused)
        return resolve(container)

    return resolved
