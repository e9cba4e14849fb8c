"""Events that a function must not lose: each is tried again until it works, and people hear when it does not."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from greenlight_cdk.lambda_function import PythonFunction

TRIES = 50
"""One try in seven minutes makes six hours; one in 90 seconds outlasts the hour that CloudFormation waits."""
MARGIN_SECONDS = 30
"""What an event stays hidden longer than its function may run. AWS advises six times as long for batches that
concurrency limits push back; here batches are of one, and the next try must not come half an hour late."""
KEPT = Duration.days(4)
DEAD_KEPT = Duration.days(14)
"""Longer than `KEPT`, because SQS counts from the first queue (SQS developer guide, dead-letter queue retention)."""
PERIOD = Duration.minutes(5)
PERIODS = 3


class EncryptedQueue(sqs.Queue):
    """Encrypted at rest and on its way: events hold the presigned URL by which CloudFormation is answered."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        retention_period: Duration,
        visibility_timeout: Duration | None = None,
        dead_letter_queue: sqs.DeadLetterQueue | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=retention_period,
            visibility_timeout=visibility_timeout,
            dead_letter_queue=dead_letter_queue,
        )


class RetryQueue(Construct):
    """Gives a function its events one at a time. An event that fails stays, and is tried again by itself.

    `work` says in an alarm what does not succeed, as in "settling a switch that died".
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: PythonFunction,
        timeout: Duration,
        topic: sns.ITopic,
        work: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._page = actions.SnsAction(topic)
        self._dead = EncryptedQueue(self, "Dead", retention_period=DEAD_KEPT)
        self.queue = EncryptedQueue(
            self,
            "Queue",
            retention_period=KEPT,
            visibility_timeout=timeout.plus(Duration.seconds(MARGIN_SECONDS)),
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=TRIES, queue=self._dead),
        )
        function.function.add_event_source(sources.SqsEventSource(self.queue, batch_size=1))
        self._watch(work)

    def _watch(self, work: str) -> None:
        """The age of the oldest message would be the obvious metric, but it leaves out one that was received more than
        three times (SQS developer guide, available CloudWatch metrics): just the one that does not succeed.
        """
        self._alarm(
            "Waiting",
            cloudwatch.MathExpression(
                expression="visible + hidden",
                using_metrics={
                    "visible": self.queue.metric_approximate_number_of_messages_visible(),
                    "hidden": self.queue.metric_approximate_number_of_messages_not_visible(),
                },
                period=PERIOD,
            ),
            PERIODS,
            f"{work} has not succeeded for 15 minutes and is tried again: read the function's log for the cause",
        )
        self._alarm(
            "GivenUp",
            self._dead.metric_approximate_number_of_messages_visible(period=Duration.minutes(1)),
            1,
            f"{work} failed {TRIES} times and is not tried again: read the function's log, repair the cause, then give"
            " the events back with `aws sqs start-message-move-task` from the dead-letter queue",
        )

    def _alarm(self, name: str, metric: cloudwatch.IMetric, periods: int, description: str) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{self.node.path}: {description}",
        )
        alarm.add_alarm_action(self._page)
