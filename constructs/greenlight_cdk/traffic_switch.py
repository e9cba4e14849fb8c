"""The switch: its functions with one role each, its state machine, its topic."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct
from traffic_switch.contract import (
    CONFIG_VARIABLE,
    JOURNAL_VARIABLE,
    POLICY_VARIABLE,
    PREVIEW_SECRET_VARIABLE,
    STATE_MACHINE_VARIABLE,
    TOPIC_VARIABLE,
)

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.lambda_function import PythonFunction
from greenlight_cdk.switch_duties import LOOK_AT_STACKS, Duty, Grant, Places, duties
from greenlight_cdk.switch_machine import SwitchMachine

LOAD_BALANCER_IMPORT = "GreenlightEdge:ExportsOutputFnGetAttFrontDoorLoadBalancer6A458C90LoadBalancerFullNameF959EDC6"
"""How cdk-nag names the load balancer's import in a finding; a test fails when the acknowledgement goes unused."""


class TrafficSwitch(Construct):
    """Everything that runs when a release asks for a color. `request` is the custom resource's function."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        journal: dynamodb.ITable,
        load_balancer: elbv2.ApplicationLoadBalancer,
        listener: elbv2.IApplicationListener,
        preview_secret: secretsmanager.ISecret,
        topic: sns.ITopic,
        config: str,
        policy: str,
        deadline: Duration,
        log_retention: logs.RetentionDays,
    ) -> None:
        super().__init__(scope, construct_id)
        self._log_retention = log_retention
        self._environment = {
            CONFIG_VARIABLE: config,
            POLICY_VARIABLE: policy,
            JOURNAL_VARIABLE: journal.table_name,
            TOPIC_VARIABLE: topic.topic_arn,
            PREVIEW_SECRET_VARIABLE: preview_secret.secret_arn,
        }
        self._places = Places(
            journal=journal.table_arn,
            listener=listener.listener_arn,
            rules=rules_of(Stack.of(self), load_balancer),
            topic=topic.topic_arn,
            preview_secret=preview_secret.secret_arn,
        )
        functions = {duty.name: self._function(duty) for duty in duties(self._places)}
        settle = functions.pop("Settle")
        self.state_machine = SwitchMachine(
            self, "States", functions=functions, settle=settle, deadline=deadline, log_retention=log_retention
        ).machine
        self.request = self._request()
        self._acknowledge_wildcards()

    def _function(self, duty: Duty, environment: Mapping[str, str] | None = None) -> PythonFunction:
        function = PythonFunction(
            self,
            duty.name,
            handler=duty.handler,
            timeout=Duration.seconds(duty.timeout_seconds),
            environment={**self._environment, **(environment or {})},
            log_retention=self._log_retention,
            description=f"Greenlight switch: {duty.name}",
        )
        for grant in duty.grants:
            function.allow(grant.actions, grant.resources)
        return function

    def _request(self) -> PythonFunction:
        """It may start and stop executions of this machine, and write down who asked for what."""
        machine = self.state_machine.state_machine_arn
        executions = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self.state_machine.state_machine_name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        grants = (
            Grant(("dynamodb:GetItem", "dynamodb:UpdateItem"), (self._places.journal,)),
            Grant(("states:StartExecution",), (machine,)),
            Grant(("states:DescribeExecution", "states:StopExecution"), (executions,)),
            LOOK_AT_STACKS,
        )
        return self._function(Duty("Request", 60, grants), {STATE_MACHINE_VARIABLE: machine})

    def _acknowledge_wildcards(self) -> None:
        acknowledge(
            self,
            "AwsSolutions-IAM5[Resource::*]",
            "ELBv2 Describe*, cloudwatch:GetMetricData and DescribeAlarms, and cloudformation:DescribeStacks of a "
            "stack that is not known here: AWS accepts no narrower resource for the first four (service authorization "
            "reference), and the last one reads a status and changes nothing.",
        )
        acknowledge(
            self,
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:elasticloadbalancing:<AWS::Region>:<AWS::AccountId>:"
            f"listener-rule/{LOAD_BALANCER_IMPORT}/*]",
            "The production rule is made by the switch, so its id is in no template; the wildcard ends at the rules of "
            "this one load balancer, which holds nothing but Greenlight's.",
        )
        acknowledge(
            self.request,
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:"
            "execution:<SwitchStatesMachine953181F6.Name>:*]",
            "Executions are named after CloudFormation's request ids, which nobody knows beforehand; the wildcard ends "
            "at the executions of this one state machine.",
        )


def rules_of(stack: Stack, load_balancer: elbv2.ApplicationLoadBalancer) -> str:
    """The ARN pattern of a load balancer's rules: `listener-rule/app/<name>/<id>/<listener>/<rule>`."""
    return stack.format_arn(
        service="elasticloadbalancing",
        resource="listener-rule",
        resource_name=f"{load_balancer.load_balancer_full_name}/*",
    )
