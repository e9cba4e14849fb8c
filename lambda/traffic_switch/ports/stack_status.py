"""What CloudFormation is doing with a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_switch.model import StackLook

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


def look(client: CloudFormationClient, stack_id: str) -> StackLook:
    """The stack's status, and when CloudFormation began the last update of it."""
    stack = client.describe_stacks(StackName=stack_id)["Stacks"][0]
    updated = stack.get("LastUpdatedTime")
    return StackLook(stack["StackStatus"], updated.timestamp() if updated else None)


def status(client: CloudFormationClient, stack_id: str) -> str:
    """The stack's status, such as UPDATE_IN_PROGRESS."""
    return look(client, stack_id).status
