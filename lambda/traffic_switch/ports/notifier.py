"""Messages to the people on call, through SNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_switch.advice import for_stage

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

SUBJECT_LIMIT = 99
"""SNS refuses subjects of 100 characters and more (API reference, Publish)."""


class Notifier:
    """One topic; who listens is none of the switch's business. The stage is in every message; production has none."""

    def __init__(self, client: SNSClient, topic_arn: str, stage: str) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._stage = stage

    def tell(self, subject: str, message: str) -> None:
        """Publish one message. A subject that is too long loses its end, but never the stage."""
        stage = f" (stage {self._stage})" if self._stage else ""
        self._client.publish(
            TopicArn=self._topic_arn,
            Subject=subject[: SUBJECT_LIMIT - len(stage)] + stage,
            Message=for_stage(message, self._stage),
        )
