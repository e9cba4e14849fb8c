"""What CloudFormation is doing with a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


def status(client: CloudFormationClient, stack_id: str) -> str:
    """The stack's status, such as UPDATE_IN_PROGRESS."""
    return client.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
