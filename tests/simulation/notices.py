"""SNS as its clients see it: what was published is kept, so that a story can ask who was told what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.simulation.errors import AwsError
from tests.simulation.kernel import Kernel

SUBJECT_LIMIT = 100
"""A subject must be shorter than this, ASCII and without control characters (API reference, Publish)."""

MESSAGE_LIMIT = 262_144


@dataclass(frozen=True)
class Notice:
    """One message as its receivers get it."""

    time: float
    topic: str
    subject: str
    message: str

    @property
    def pages(self) -> bool:
        """Whether it is meant to wake somebody up."""
        return self.subject.startswith("PAGE")


class Topics:
    """The topics of one account."""

    def __init__(self, kernel: Kernel) -> None:
        self.topics: set[str] = set()
        self.published: list[Notice] = []
        self._kernel = kernel

    def publish(self, request: dict[str, Any]) -> dict[str, Any]:
        topic, subject, message = request.get("TopicArn", ""), request.get("Subject", ""), request["Message"]
        if topic not in self.topics:
            raise AwsError("NotFound", "Topic does not exist", status=404)
        if "Subject" in request and not _is_subject(subject):
            raise AwsError("InvalidParameter", "Invalid parameter: Subject")
        if not message:
            raise AwsError("InvalidParameter", "Invalid parameter: Empty message")
        if len(message.encode()) > MESSAGE_LIMIT:
            raise AwsError("InvalidParameter", "Invalid parameter: Message too long")
        self.published.append(Notice(self._kernel.time, topic, subject, message))
        return {"MessageId": f"{len(self.published):032x}"}


def _is_subject(text: str) -> bool:
    starts_well = bool(text) and text.isascii() and (text[0].isalnum() or text[0] in "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~")
    return starts_well and len(text) < SUBJECT_LIMIT and text.isprintable()
