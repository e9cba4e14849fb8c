"""Subscriptions of an address, which whoever reads its mail has to confirm: here nobody does.

ministack counts them at once. AWS shows `PendingConfirmation` in the place of the ARN (API reference, Subscribe and
ListSubscriptionsByTopic).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import sns

from greenlight.rehearsal.cloud.requirement import require

PENDING = "PendingConfirmation"
MAILED = ("email", "email-json")

Action = Callable[[Mapping[str, Any]], Any]


def install() -> None:
    """Show what waits for somebody as waiting."""
    require(sns, "_list_subscriptions_by_topic", "_get_topic", "_p")
    sns._list_subscriptions_by_topic = _showing_what_waits(sns._list_subscriptions_by_topic)


def _showing_what_waits(listing: Action) -> Action:
    def list_subscriptions_by_topic(parameters: Mapping[str, Any]) -> Any:
        status, headers, body = listing(parameters)
        topic, error = sns._get_topic(sns._p(parameters, "TopicArn"), "sns:ListSubscriptionsByTopic")
        for each in [] if error else topic["subscriptions"]:
            if each["protocol"] in MAILED:
                body = body.replace(f">{each['arn']}<".encode(), f">{PENDING}<".encode())
        return status, headers, body

    return list_subscriptions_by_topic
