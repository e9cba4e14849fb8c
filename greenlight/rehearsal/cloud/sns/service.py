"""SNS: what was published, for whoever checks that a page went out. The local API forgets it once it is delivered."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ministack.services import sns

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.requirement import require

Publish = Callable[..., Any]


def install(context: CloudContext) -> None:
    """Keep every message that a topic took, and show them all at /_greenlight/messages."""
    messages: list[dict[str, Any]] = []
    sns.publish_internal = _keeping(require(sns, "publish_internal"), messages)
    context.control.route("messages", lambda _method, _query, _body: (200, list(messages)))


def _keeping(publish: Publish, messages: list[dict[str, Any]]) -> Publish:
    def publish_internal(topic_arn: str, message: Any, subject: str = "", **options: Any) -> Any:
        taken = publish(topic_arn, message, subject, **options)
        if taken:
            messages.append({"topic": topic_arn, "subject": subject, "message": str(message), "at": time.time()})
        return taken

    return publish_internal
