"""The roles of a task: ECS takes both of them itself, so both must trust it (ECS guide, "Task IAM role").

ministack asks only whether they are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from greenlight.rehearsal.cloud.iam.roles import RoleSession, TrustError, role_session
from greenlight.rehearsal.cloud.iam.vending import Vending

PRINCIPAL = "ecs-tasks.amazonaws.com"


def task_session(role_arn: str, task: Mapping[str, Any]) -> RoleSession:
    """Return the credentials of a task's role. Raises TrustError, in ECS's words."""
    identity = str(task["taskArn"]).rpartition("/")[2]
    try:
        return role_session(role_arn, identity, PRINCIPAL, str(task["taskArn"]))
    except TrustError as error:
        raise TrustError(
            f"ECS was unable to assume the role '{role_arn}' that was provided for this task. Please verify that the"
            " role being passed has the proper trust relationship and permissions and that your IAM user has"
            " permissions to pass this role."
        ) from error


def execution_credentials(definition: Mapping[str, Any], task: Mapping[str, Any]) -> Mapping[str, str]:
    """Return variables of the execution role, with which ECS itself pulls and logs; none without such a role."""
    role = definition.get("executionRoleArn")
    return task_session(role, task).variables() if role else {}


def task_credentials(definition: Mapping[str, Any], task: Mapping[str, Any], vending: Vending) -> Mapping[str, str]:
    """Return variables that lead a container to the task role's credentials; none without such a role."""
    role = definition.get("taskRoleArn")
    if not role:
        return {}
    task_session(role, task)
    return vending.variables(partial(task_session, role, task))
