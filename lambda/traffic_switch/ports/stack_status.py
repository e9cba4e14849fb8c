"""What CloudFormation is doing with a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


def status(client: CloudFormationClient, stack_id: str) -> str:
    """The stack's status, such as UPDATE_IN_PROGRESS."""
    return client.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]


def is_rolling_back(client: CloudFormationClient, stack_id: str) -> bool:
    """Whether the stack is in a rollback. An Update looks the same in both directions; only the stack tells.

    A rollback must never wait for a gate: a resource that fails then leaves the stack in UPDATE_ROLLBACK_FAILED.
    """
    return "ROLLBACK" in status(client, stack_id)
