"""One event, one answer: whatever becomes of the work, CloudFormation hears of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from traffic_switch.errors import AnswerError, RequestError
from traffic_switch.ports.answer import CloudFormationRequest

from custom_resource.request import Event

log = logging.getLogger(__name__)

Work = Callable[[], tuple[str, str]]


class Answering(Protocol):
    """`traffic_switch.ports.answer.answer`, with its surroundings."""

    def __call__(
        self, request: CloudFormationRequest, status: str, reason: str, data: None, physical_id: str
    ) -> None: ...


def serve(event: Event, physical_id: str, work: Work, send: Answering) -> None:
    """Do the work, which returns SUCCESS or FAILED and a reason, and answer for it.

    The physical id is the resource's own from its first answer on: another one would make CloudFormation delete what it
    replaces. An event that nobody waits for any more ends quietly, since doing it again would not help. An answer that
    did not arrive is raised, so that Lambda runs the event again: the work must allow that.
    """
    try:
        request = CloudFormationRequest.from_event(event)
    except RequestError as error:
        log.error("nobody was answered", extra={"problem": str(error)})
        return
    status, reason = _done(work)
    try:
        send(request, status, reason, None, request.physical_id or physical_id)
    except AnswerError as error:
        log.error("the answer was refused", extra={"problem": str(error), "status": status, "reason": reason})


def _done(work: Work) -> tuple[str, str]:
    try:
        return work()
    except Exception as error:
        log.exception("the request was not carried out")
        return "FAILED", str(error) or type(error).__name__
