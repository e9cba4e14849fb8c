"""One event, one answer: whatever becomes of the work, CloudFormation hears of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from traffic_switch.errors import AnswerError, RequestError
from traffic_switch.journal import Answer
from traffic_switch.ports.answer import CloudFormationRequest

from custom_resource.request import Event

log = logging.getLogger(__name__)

Work = Callable[[], Answer]


class Answering(Protocol):
    """`traffic_switch.ports.answer.answer`, with its surroundings."""

    def __call__(
        self, request: CloudFormationRequest, status: str, reason: str, data: Mapping[str, str], physical_id: str
    ) -> None: ...


def serve(event: Event, physical_id: str, work: Work, send: Answering) -> None:
    """Do the work, and send the answer that it returns.

    The physical id is the resource's own from its first answer on: another one would make CloudFormation delete what it
    replaces. An event that nobody waits for any more ends quietly, since doing it again would not help. An answer that
    did not arrive is raised, so that Lambda runs the event again: the work must allow that.
    """
    try:
        request = CloudFormationRequest.from_event(event)
    except RequestError as error:
        log.error("nobody was answered", extra={"problem": str(error)})
        return
    answer = _done(work)
    try:
        send(request, answer.status, answer.reason, answer.data, request.physical_id or physical_id)
    except AnswerError as error:
        log.error(
            "the answer was refused", extra={"problem": str(error), "status": answer.status, "reason": answer.reason}
        )


def _done(work: Work) -> Answer:
    try:
        return work()
    except Exception as error:
        log.exception("the request was not carried out")
        return Answer("FAILED", str(error) or type(error).__name__)
