"""The daily look at the age of the EC2 host."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct
from host_age.handler import MAX_AGE_VARIABLE, STACK_VARIABLE
from traffic_switch.contract import STAGE_VARIABLE, TOPIC_VARIABLE

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.failing_looks import FailingLooks
from greenlight_cdk.lambda_function import PythonFunction

EVERY = Duration.days(1)
SECONDS = 60


class HostAgeWatch(Construct):
    """Pages once a day while the host of a stack is older than it may be, and when its age could not be read."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        host_stack: str,
        max_age_days: int,
        stage: str,
        topic: sns.Topic,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._look = PythonFunction(
            self,
            "Look",
            handler="host_age.handler.handle",
            timeout=Duration.seconds(SECONDS),
            environment={
                STACK_VARIABLE: host_stack,
                MAX_AGE_VARIABLE: str(max_age_days),
                **({STAGE_VARIABLE: stage} if stage else {}),
                TOPIC_VARIABLE: topic.topic_arn,
            },
            log_retention_days=log_retention_days,
            description="Greenlight: tells people when the EC2 host is due to be renewed",
        )
        self._look.allow(["sns:Publish"], [topic.topic_arn])
        self._look.allow(["ec2:DescribeInstances"], ["*"])
        acknowledge(
            self._look, "AwsSolutions-IAM5[Resource::*]", "ec2:DescribeInstances knows no resources; it only reads."
        )
        events.Rule(
            self,
            "Schedule",
            description="Looks at how old the host is",
            schedule=events.Schedule.rate(EVERY),
            targets=[targets.LambdaFunction(self._look.function)],
        )
        self._tell_when_blind(topic)

    def _tell_when_blind(self, topic: sns.Topic) -> None:
        FailingLooks(
            self,
            "Blind",
            look=self._look,
            every=EVERY,
            topic=topic,
            so_that="nobody would hear when the host is due to be renewed",
            looks=1,
            failed=1,
        )
