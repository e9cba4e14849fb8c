"""The guard that stands before everything else: settings that a deployed system cannot change are refused there."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Aws, CustomResource, Duration
from constructs import Construct
from traffic_switch.contract import RECORDED_SETTINGS, SETTINGS_GUARD_RESOURCE_TYPE

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.lambda_function import PythonFunction

SECONDS = 150
"""What the function may take: two looks at the stack, 30 s until a new role counts, 45 s for the answer."""
ANSWER_SECONDS = 60
"""What CloudFormation waits longer, since it calls the function through a queue."""


class SettingsGuard(Construct):
    """One function, and one custom resource that holds what was deployed.

    CloudFormation alone knows that: with an update it sends the old properties beside the new ones. `resource` is what
    everything that a refused change must not touch has to depend on.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, recorded: Mapping[str, str], log_retention_days: int
    ) -> None:
        super().__init__(scope, construct_id)
        function = PythonFunction(
            self,
            "Function",
            handler="settings_guard.handler.handle",
            timeout=Duration.seconds(SECONDS),
            environment={},
            log_retention_days=log_retention_days,
            description="Greenlight: refuses changes of settings that a deployed system cannot follow",
        )
        function.allow(["cloudformation:DescribeStacks"], [Aws.STACK_ID])
        self.resource = CustomResource(
            self,
            "Recorded",
            service_token=function.function.function_arn,
            service_timeout=Duration.seconds(SECONDS + ANSWER_SECONDS),
            resource_type=SETTINGS_GUARD_RESOURCE_TYPE,
            properties={RECORDED_SETTINGS: dict(recorded)},
        )
        acknowledge(
            self.resource,
            "CloudFormation-Validate::W9003",
            "ServiceTimeout is a number in a string, as the CDK renders it and as CloudFormation accepts it.",
        )
