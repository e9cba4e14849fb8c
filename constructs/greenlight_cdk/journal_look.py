"""The right to see a service's lock and what is live of it, and nothing else of the journal."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from greenlight_cdk.lambda_function import PythonFunction


def let_look(function: PythonFunction, journal: dynamodb.ITable, services: Sequence[str], kinds: Sequence[str]) -> None:
    """Let the function read the items `<kind>#<service>`. Others hold CloudFormation's secret addresses."""
    keys = [f"{kind}#{service}" for service in services for kind in kinds]
    function.role.add_to_policy(
        iam.PolicyStatement(
            actions=["dynamodb:GetItem"],
            resources=[journal.table_arn],
            conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": keys}},
        )
    )
