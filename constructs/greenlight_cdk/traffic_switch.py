"""The switch: its functions with one role each, its state machine, its queues, its watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct, IDependable
from traffic_switch.contract import (
    CONFIG_VARIABLE,
    JOURNAL_VARIABLE,
    POLICY_VARIABLE,
    PREVIEW_SECRET_VARIABLE,
    RELEASE_STACK_VARIABLE,
    REQUESTS_VARIABLE,
    STAGE_VARIABLE,
    STATE_MACHINE_VARIABLE,
    TOPIC_VARIABLE,
)

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.drift_watch import DriftWatch
from greenlight_cdk.front_door import rules_of
from greenlight_cdk.journal_rights import REQUEST_RIGHTS
from greenlight_cdk.lambda_function import PythonFunction
from greenlight_cdk.retry_queue import RetryQueue
from greenlight_cdk.switch_duties import START, Duty, Places, duties
from greenlight_cdk.switch_machine import SwitchMachine

LOAD_BALANCER_EXPORT = "ExportsOutputFnGetAttFrontDoorLoadBalancer6A458C90LoadBalancerFullNameF959EDC6"
"""How cdk-nag names the load balancer's import in a finding; a test fails when the acknowledgement goes unused."""
MAX_EVENT_AGE = Duration.seconds(240)
"""Lambda's own three tries come at once, after one minute and after three; after that the queue takes over."""


class TrafficSwitch(Construct):
    """Everything that runs when a release asks for a color. `request` is the custom resource's function.

    `release_stack` names the one stack that may ask.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: str,
        release_stack: str,
        journal: dynamodb.ITable,
        requests: dynamodb.ITable,
        load_balancer: elbv2.ApplicationLoadBalancer,
        listener: elbv2.IApplicationListener,
        preview_secret: secretsmanager.ISecret,
        topic: sns.ITopic,
        config: str,
        policy: str,
        deadline: Duration,
        drift_look: Duration,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._log_retention_days = log_retention_days
        self._topic = topic
        self._environment = {
            CONFIG_VARIABLE: config,
            POLICY_VARIABLE: policy,
            JOURNAL_VARIABLE: journal.table_name,
            TOPIC_VARIABLE: topic.topic_arn,
            PREVIEW_SECRET_VARIABLE: preview_secret.secret_arn,
            **({STAGE_VARIABLE: stage} if stage else {}),
        }
        places = Places(
            journal=journal.table_arn,
            requests=requests.table_arn,
            listener=listener.listener_arn,
            rules=rules_of(Stack.of(self), load_balancer),
            topic=topic.topic_arn,
            preview_secret=preview_secret.secret_arn,
        )
        posts = {duty.name: duty for duty in duties(places)}
        functions = {name: self._function(duty) for name, duty in posts.items()}
        self._posts, self._functions = posts, functions
        self.request = functions["Request"]
        for name in REQUEST_RIGHTS:
            functions[name].function.add_environment(REQUESTS_VARIABLE, requests.table_name)
        self._states = SwitchMachine(
            self, "States", functions=functions, deadline=deadline, log_retention_days=log_retention_days
        )
        self.state_machine = self._states.machine
        self.request.function.add_environment(STATE_MACHINE_VARIABLE, self.state_machine.state_machine_arn)
        self.request.function.add_environment(RELEASE_STACK_VARIABLE, release_stack)
        self._let_command(posts, functions)
        self._retry_requests(posts["Request"])
        self._settle_what_dies(posts["Settle"], functions["Settle"])
        DriftWatch(self, "Watch", look=functions["Drift"], every=drift_look, topic=topic)
        self._acknowledge_wildcards(Stack.of(load_balancer).stack_name)

    def wait_for(self, alarms: Sequence[IDependable]) -> None:
        """Let no function run before these alarms are there: it knows them by name, and a missing one stops it."""
        for function in self._functions.values():
            function.function.node.add_dependency(*alarms)

    def roles_that(self, may: str) -> list[str]:
        """The ARNs of the functions' roles that may change something: call an action that begins so."""
        return [
            self._functions[name].role.role_arn
            for name, duty in self._posts.items()
            if any(action.startswith(may) and ":Describe" not in action for action in duty.actions)
        ]

    def _function(self, duty: Duty) -> PythonFunction:
        function = PythonFunction(
            self,
            duty.name,
            handler=duty.handler,
            timeout=Duration.seconds(duty.timeout_seconds),
            environment=self._environment,
            log_retention_days=self._log_retention_days,
            description=f"Greenlight switch: {duty.name}",
            memory_mib=duty.memory_mib,
        )
        for grant in duty.grants:
            function.allow(grant.actions, grant.resources, unless_tagged=grant.spares, keys=grant.keys)
        return function

    def _let_command(self, duties: Mapping[str, Duty], functions: Mapping[str, PythonFunction]) -> None:
        """In policies of their own: a function waits for its role's, and the machine waits for its functions."""
        resources = {START: self.state_machine.state_machine_arn}
        for name in (name for name, duty in duties.items() if duty.commands):
            statements = [
                iam.PolicyStatement(actions=[action], resources=[resources.get(action, self._states.executions)])
                for action in duties[name].commands
            ]
            iam.Policy(self, f"{name}Commands", roles=[functions[name].role], statements=statements)

    def _retry_requests(self, duty: Duty) -> None:
        """CloudFormation sends its request once and waits for an hour; a request that is lost is a stack that hangs."""
        unasked = self._queue("Unasked", duty, self.request, "taking a request of CloudFormation")
        self.request.function.configure_async_invoke(
            max_event_age=MAX_EVENT_AGE, retry_attempts=2, on_failure=destinations.SqsDestination(unasked.queue)
        )

    def _settle_what_dies(self, duty: Duty, settle: PythonFunction) -> None:
        died = self._queue("Died", duty, settle, "settling a switch that died")
        self._states.died.add_target(targets.SqsQueue(died.queue))

    def _queue(self, construct_id: str, duty: Duty, function: PythonFunction, work: str) -> RetryQueue:
        timeout = Duration.seconds(duty.timeout_seconds)
        return RetryQueue(self, construct_id, function=function, timeout=timeout, topic=self._topic, work=work)

    def _acknowledge_wildcards(self, edge: str) -> None:
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
            f"listener-rule/{edge}:{LOAD_BALANCER_EXPORT}/*]",
            "The production rule is made by the switch, so its id is in no template; the wildcard ends at the rules of "
            "this one load balancer, which holds nothing but Greenlight's.",
        )
        acknowledge(
            self,
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:"
            "execution:<SwitchStatesMachine953181F6.Name>:*]",
            "Executions are named after CloudFormation's request ids, which nobody knows beforehand; the wildcard ends "
            "at the executions of this one state machine.",
        )
