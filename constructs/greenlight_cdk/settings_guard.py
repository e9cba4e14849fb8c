"""The guard that stands before everything else: settings that a deployed system cannot change are refused there."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Aws, Duration
from constructs import Construct
from traffic_switch.contract import RECORDED_SETTINGS, SETTINGS_GUARD_RESOURCE_TYPE

from greenlight_cdk.function_resource import FunctionResource, after
from greenlight_cdk.lambda_function import PythonFunction

SECONDS = 150
"""What the function may take: two looks at the stack, 30 s until a new role counts, 45 s for the answer."""


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
        self.resource = FunctionResource(
            self,
            "Recorded",
            function=function,
            timeout=after(SECONDS),
            resource_type=SETTINGS_GUARD_RESOURCE_TYPE,
            properties={RECORDED_SETTINGS: dict(recorded)},
        )
