"""The scheduled look at whether the production rule is still as the journal says."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from greenlight_cdk.lambda_function import PythonFunction

LOOKS, FAILED = 3, 2
"""Not three of three: a look near the end of a period may fall into the next one and leave its own empty."""


class DriftWatch(Construct):
    """Calls the function every so often, and tells people when its looks fail: then nobody would hear of drift.

    EventBridge knows no interval below a minute. A look that fails is not repeated: the next one comes by itself.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, look: PythonFunction, every: Duration, topic: sns.ITopic
    ) -> None:
        super().__init__(scope, construct_id)
        look.function.configure_async_invoke(retry_attempts=0)
        events.Rule(
            self,
            "Schedule",
            description="Compares the production rules with the journal while no switch runs",
            schedule=events.Schedule.rate(every),
            targets=[targets.LambdaFunction(look.function)],
        )
        alarm = cloudwatch.Alarm(
            self,
            "Blind",
            metric=look.function.metric_errors(period=every),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=LOOKS,
            datapoints_to_alarm=FAILED,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{self.node.path}: {FAILED} of {LOOKS} looks for drift failed, so that an edit of a"
            " production rule could go unnoticed: read the function's log, and repair what it names",
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
