"""The tables that outlive every color."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge


class RetainedTable(dynamodb.Table):
    """A table on demand, with string keys, restorable to any second of the last 35 days, kept when its stack goes.

    Items whose attribute `expiry` (seconds since the epoch) has passed are removed by DynamoDB, usually within two
    days.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: str,
        expiry: str | None,
        deletion_protection: bool,
        sort_key: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            partition_key=_string(key),
            sort_key=_string(sort_key) if sort_key else None,
            time_to_live_attribute=expiry,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=deletion_protection,
            removal_policy=RemovalPolicy.RETAIN,
        )
        acknowledge(
            self,
            "NIST.800.53.R5-DynamoDBInBackupPlan",
            "Point-in-time recovery restores any second of the last 35 days; backups that are kept for longer are made"
            " when `backup_days` asks for them, of what does not expire.",
        )


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
