"""The state machine of the switch, from the ASL file that the rehearsal and the simulation run too."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct
from traffic_switch.asl import DEFINITION, expand

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.lambda_function import PythonFunction
from greenlight_cdk.log_group import LogGroup

CALLED = re.compile(r"\$\{(\w+)FunctionArn\}")
"""How the definition names the functions that it calls."""


class SwitchMachine(Construct):
    """A Standard state machine, and the rule that sees its executions die. `executions` is the pattern of their ARNs.

    Standard, because each state must run exactly once and a bake outlasts the five minutes of an Express execution.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Mapping[str, PythonFunction],
        deadline: Duration,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        definition = expand(DEFINITION.read_text(), int(deadline.to_seconds()))
        called = {name: functions[name].function.function_arn for name in sorted(set(CALLED.findall(definition)))}
        log_group = LogGroup(self, "Logs", retention_days=log_retention_days)
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            definition_body=sfn.DefinitionBody.from_string(definition),
            definition_substitutions={f"{name}FunctionArn": arn for name, arn in called.items()},
            state_machine_type=sfn.StateMachineType.STANDARD,
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL, include_execution_data=True),
            tracing_enabled=True,
        )
        self.executions = self._executions()
        self.died = self._died()
        self._may_invoke(list(called.values()))
        self._acknowledge_wildcards()

    def _may_invoke(self, arns: list[str]) -> None:
        """`grant_invoke` would add every version and alias of the functions, of which there are none."""
        self.machine.add_to_role_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=arns))

    def _executions(self) -> str:
        return Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self.machine.state_machine_name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def _died(self) -> events.Rule:
        return events.Rule(
            self,
            "Died",
            description="An execution of the switch ended without closing itself",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [self.machine.state_machine_arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            ),
        )

    def _acknowledge_wildcards(self) -> None:
        acknowledge(
            self.machine,
            "AwsSolutions-IAM5[Resource::*]",
            "Log delivery (logs:*LogDelivery) and X-Ray accept no resource but * (Step Functions developer guide).",
        )
