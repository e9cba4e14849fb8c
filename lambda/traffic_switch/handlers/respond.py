"""Respond: CloudFormation gets the answer that the journal has fixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traffic_switch.authentic import own_switch
from traffic_switch.errors import AnswerElsewhereError, AnswerError, RequestError, UnsettledError
from traffic_switch.forgery import page
from traffic_switch.handlers.entry import Entry, Event, Result, log, told
from traffic_switch.journal import Answer, Record
from traffic_switch.model import Switch
from traffic_switch.verdict import failed, passed
from traffic_switch.world import World


def respond(event: Event, world: World) -> Result:
    """Send it, then forget the ResponseURL.

    Raises:
        UnsettledError: nothing is decided yet, so that nothing may be answered; the settling function goes on.
    """
    switch = own_switch(event, world)
    record = world.journal.record(switch.id)
    if record is None or record.answer is None:
        raise UnsettledError(f"the switch {switch.id} has no answer yet")
    send(world, switch, record)
    return told(passed(record.answer.reason) if record.answer.good else failed(record.answer.reason))


def send(world: World, switch: Switch, record: Record) -> None:
    """Answer CloudFormation if it asked and has no answer yet. One that it refuses for good is not sent again.

    A record of an older Greenlight holds the request itself, and keeps it: its address is of no use soon.
    """
    found = world.journal.request(switch.id)
    request = record.request if found is None else found
    if record.answer is None or request is None:
        return
    deliver(world, switch, request, record.answer)
    world.journal.forget_request(switch.id)


def deliver(world: World, switch: Switch, request: Mapping[str, Any], decided: Answer) -> None:
    """Send an answer. One that is refused for good is told of, and not raised: sending it again would not help."""
    try:
        world.answer(request, decided, physical_id(switch.service))
    except AnswerElsewhereError as error:
        page(world, "request", f"the switch {switch.id}: {error}")
    except (AnswerError, RequestError) as error:
        log.error("CloudFormation does not take the answer", extra={"switch": switch.id, "problem": str(error)})


def physical_id(service: str) -> str:
    """One per service, for ever: another one would make CloudFormation delete the release it replaces."""
    return f"greenlight-release-{service}"


handle = Entry(respond)
