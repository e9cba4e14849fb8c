"""Tells people when the values of the preview header are not rotated any more."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_sns as sns
from constructs import Construct

from greenlight_cdk.failing_looks import FailingLooks
from greenlight_cdk.lambda_function import PythonFunction
from greenlight_cdk.preview_keys import LOOK_MINUTES


class RotationWatch(Construct):
    """An alarm for each function that rotates. Its looks fail while it may not, or cannot, do its work."""

    def __init__(
        self, scope: Construct, construct_id: str, *, functions: Sequence[PythonFunction], topic: sns.ITopic
    ) -> None:
        super().__init__(scope, construct_id)
        for number, each in enumerate(functions):
            FailingLooks(
                self,
                f"Failing{number or ''}",
                look=each,
                every=Duration.minutes(LOOK_MINUTES),
                topic=topic,
                so_that=f"values of the preview header that {each.node.path} keeps may grow old",
            )
