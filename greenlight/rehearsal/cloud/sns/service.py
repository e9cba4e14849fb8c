"""SNS: whom a topic lets in, and what was published, for whoever checks that a page went out.

The local API forgets a message once it is delivered, and lets every service publish.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ministack.services import sns

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.iam.principals import may_reach
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.sns import subscriptions

Fanout = Callable[..., None]


def install(context: CloudContext) -> None:
    """Keep every message that a topic took, and show them all at /_greenlight/messages."""
    require(sns, "_fanout", "topic_policy_for_arn")
    subscriptions.install()
    messages: list[dict[str, Any]] = []
    sns._fanout = _keeping(sns._fanout, messages)
    context.control.route("messages", lambda _method, _query, _body: (200, list(messages)))


def lets_in(topic_arn: str, service: str, source_arn: str) -> bool:
    """Whether the topic is there, and its policy lets a service publish for a source (SNS guide, "Access policies").

    A topic that was given a policy of its own has lost the default one, which lets in whatever asks from its account.
    """
    found = sns.topic_policy_for_arn(topic_arn)
    return found is not None and may_reach(found[0], service, "sns:Publish", topic_arn, source_arn)


def _keeping(fanout: Fanout, messages: list[dict[str, Any]]) -> Fanout:
    def fan_out(topic_arn: str, identity: str, message: str, subject: str, *more: Any, **options: Any) -> None:
        messages.append({"topic": topic_arn, "subject": subject, "message": str(message), "at": time.time()})
        fanout(topic_arn, identity, message, subject, *more, **options)

    return fan_out
