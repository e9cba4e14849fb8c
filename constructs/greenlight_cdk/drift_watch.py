"""The scheduled look at whether the production rule is still as the journal says."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from greenlight_cdk.failing_looks import FailingLooks
from greenlight_cdk.lambda_function import PythonFunction


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
        unnoticed = "an edit of a production rule could go unnoticed"
        FailingLooks(self, "Blind", look=look, every=every, topic=topic, so_that=unnoticed)
