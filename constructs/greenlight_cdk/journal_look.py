"""The rights of who stands before the colors: to see what is live of a service, and to remember its images."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from traffic_switch.image import image_key

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


def let_remember_images(function: PythonFunction, journal: dynamodb.ITable, services: Sequence[str]) -> None:
    """Let the function read and write what the versions of these services are, and no other item."""
    keys = [image_key(service, "*") for service in services]
    function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [journal.table_arn], keys=keys)
