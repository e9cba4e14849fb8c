"""What every custom resource of ours has alike: a function of ours behind it, and the time that it may take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import CustomResource, Duration
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.lambda_function import PythonFunction

QUEUE_SECONDS = 60
"""What CloudFormation waits longer than the function may take, since it calls the function through a queue."""


class FunctionResource(CustomResource):
    """A resource that CloudFormation has a function create, update and delete.

    CloudFormation gives up after `timeout`, for which a function that needs all of its time has to be given more than
    that: see `after`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: PythonFunction,
        timeout: Duration,
        resource_type: str,
        properties: Mapping[str, Any],
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            service_token=function.function.function_arn,
            service_timeout=timeout,
            resource_type=resource_type,
            properties=properties,
        )
        acknowledge(
            self,
            "CloudFormation-Validate::W9003",
            "ServiceTimeout is a number in a string, as the CDK renders it and as CloudFormation accepts it.",
        )


def after(function_seconds: int) -> Duration:
    """How long CloudFormation waits for a function that may take so many seconds."""
    return Duration.seconds(function_seconds + QUEUE_SECONDS)
