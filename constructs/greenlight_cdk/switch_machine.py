"""The state machine of the switch, from the ASL file that the rehearsal runs too."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.lambda_function import SOURCE, PythonFunction

DEFINITION = SOURCE / "traffic_switch" / "switch.asl.json"
DEADLINE_FIELD = '"TimeoutSeconds": 3000'


class SwitchMachine(Construct):
    """A Standard state machine, and the rule that calls `settle` when an execution dies.

    Standard, because each state must run exactly once and a bake outlasts the five minutes of an Express execution.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Mapping[str, PythonFunction],
        settle: PythonFunction,
        deadline: Duration,
        log_retention: logs.RetentionDays,
    ) -> None:
        super().__init__(scope, construct_id)
        log_group = logs.LogGroup(self, "Logs", retention=log_retention, removal_policy=RemovalPolicy.DESTROY)
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            definition_body=sfn.DefinitionBody.from_string(_definition(deadline)),
            definition_substitutions={
                f"{name}FunctionArn": function.function.function_arn for name, function in functions.items()
            },
            state_machine_type=sfn.StateMachineType.STANDARD,
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL, include_execution_data=True),
            tracing_enabled=True,
        )
        self._may_invoke(functions)
        self._settle_what_dies(settle)
        self._acknowledge_wildcards()

    def _may_invoke(self, functions: Mapping[str, PythonFunction]) -> None:
        """`grant_invoke` would add every version and alias of the functions, of which there are none."""
        arns = [function.function.function_arn for function in functions.values()]
        self.machine.add_to_role_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=arns))

    def _settle_what_dies(self, settle: PythonFunction) -> None:
        events.Rule(
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
            targets=[targets.LambdaFunction(settle.function, retry_attempts=10)],
        )

    def _acknowledge_wildcards(self) -> None:
        acknowledge(
            self.machine,
            "AwsSolutions-IAM5[Resource::*]",
            "Log delivery (logs:*LogDelivery) and X-Ray accept no resource but * (Step Functions developer guide).",
        )


def _definition(deadline: Duration) -> str:
    """The ASL file with the deadline from the settings: a number cannot be a substitution in a JSON file."""
    text = DEFINITION.read_text()
    if DEADLINE_FIELD not in text:
        raise ValueError(f"{DEFINITION.name} must contain {DEADLINE_FIELD}, which the settings replace")
    return text.replace(DEADLINE_FIELD, f'"TimeoutSeconds": {int(deadline.to_seconds())}')
