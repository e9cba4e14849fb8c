from __future__ import annotations

from typing import Any

import pytest
from traffic_switch.ports.notifier import Notifier

TOPIC = "arn:aws:sns:eu-west-1:123456789012:topic"


class FakeSns:
    """A topic that keeps what it is told."""

    def __init__(self) -> None:
        self.published: list[dict[str, str]] = []

    def publish(self, **message: str) -> None:
        self.published.append(message)


def told(stage: str, subject: str, message: str) -> dict[str, str]:
    client: Any = FakeSns()
    Notifier(client, TOPIC, stage).tell(subject, message)
    (published,) = client.published
    return dict(published)


def test_production_is_told_of_as_it_is() -> None:
    assert told("", "PAGE: Greenlight shop", "run `greenlight repair`") == {
        "TopicArn": TOPIC,
        "Subject": "PAGE: Greenlight shop",
        "Message": "run `greenlight repair`",
    }


def test_a_stage_is_named_in_subject_and_advice() -> None:
    published = told("staging", "PAGE: Greenlight shop", "run `greenlight repair`")

    assert published["Subject"] == "PAGE: Greenlight shop (stage staging)"
    assert published["Message"] == "run `greenlight repair --stage staging`"


@pytest.mark.parametrize(("stage", "end"), [("", "x" * 99), ("staging", "x (stage staging)"), ("s" * 80, "s)")])
def test_a_subject_is_cut_before_the_stage_to_what_sns_takes(stage: str, end: str) -> None:
    subject = told(stage, "x" * 200, "")["Subject"]

    assert len(subject) == 99
    assert subject.endswith(end)
