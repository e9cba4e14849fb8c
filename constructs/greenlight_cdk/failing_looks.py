"""The alarm of a function that looks at something every so often: when its looks fail, nobody hears of anything."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from greenlight_cdk.lambda_function import PythonFunction


class FailingLooks(cloudwatch.Alarm):
    """Tells people when `failed` of `looks` looks failed; `so_that` says what that means for them.

    Two of three is a good choice: one that fails is repeated by the next, and a look near the end of a period may fall
    into the next one and leave its own empty.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        look: PythonFunction,
        every: Duration,
        topic: sns.ITopic,
        so_that: str,
        looks: int = 3,
        failed: int = 2,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            metric=look.function.metric_errors(period=every),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=looks,
            datapoints_to_alarm=failed,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{scope.node.path}: {failed} of {looks} looks failed, so that {so_that}: read the"
            " function's log, and repair what it names",
        )
        self.add_alarm_action(actions.SnsAction(topic))
