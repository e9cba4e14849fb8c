"""Log groups that end with their stack and keep what they hold for a stated time."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct


class LogGroup(logs.LogGroup):
    """A log group with a retention in days, any that CloudWatch Logs knows: CDK's enumeration has names for them alone.

    It is deleted with its stack: a retained one would block the next deployment wherever its name is fixed.
    """

    def __init__(self, scope: Construct, construct_id: str, *, retention_days: int, name: str | None = None) -> None:
        super().__init__(
            scope,
            construct_id,
            log_group_name=name,
            retention=logs.RetentionDays.INFINITE,
            removal_policy=RemovalPolicy.DESTROY,
        )
        resource = self.node.default_child
        assert isinstance(resource, logs.CfnLogGroup)
        resource.retention_in_days = retention_days
