"""Messages to the people on call, through SNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

SUBJECT_LIMIT = 99
"""SNS refuses subjects of 100 characters and more (API reference, Publish)."""


class Notifier:
    """One topic; who listens is none of the switch's business."""

    def __init__(self, client: SNSClient, topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def tell(self, subject: str, message: str) -> None:
        """Publish one message."""
        self._client.publish(TopicArn=self._topic_arn, Subject=subject[:SUBJECT_LIMIT], Message=message)
