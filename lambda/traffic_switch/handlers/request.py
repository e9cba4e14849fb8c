"""Request: CloudFormation asks for a color, or an operator for a repair; a switch is recorded and started."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from traffic_switch import preflight
from traffic_switch.asking import DELETE, Ask
from traffic_switch.classifying import Meaning, Scene, asks_for, classify
from traffic_switch.closing import live_or_none
from traffic_switch.contract import KEEP
from traffic_switch.errors import ForgedError, JournalError, RequestError, UnsettledError
from traffic_switch.forgery import page
from traffic_switch.handlers.entry import Entry, Event, Result, log
from traffic_switch.handlers.refuse import refuse
from traffic_switch.handlers.respond import deliver
from traffic_switch.journal import Newest, Record
from traffic_switch.model import Live, Mode, RuleLook, Switch
from traffic_switch.origin import authenticate
from traffic_switch.rule_writing import awaited
from traffic_switch.stack_looks import (
    FORWARD,
    STATUS_PATIENCE_SECONDS,
    STATUS_PAUSE_SECONDS,
    UNDER_WAY,
    is_old,
)
from traffic_switch.times import unix
from traffic_switch.world import World

REPAIR = "Repair"
TRIES = 3
"""Each try after the first means that another request of the same resource was recorded meanwhile."""


def receive(event: Event, world: World) -> Result:
    """Record what is asked for, and answer or start what the journal then says.

    What goes wrong on the way is raised: Lambda calls again, twice, and then a queue does until it works. An answer
    that is not in the journal would be one that nobody can stand by.

    A request that is not CloudFormation's own changes nothing, and gets no answer: people hear of it.

    Raises:
        RequestError: an operator's request asks for what there is not. CloudFormation hears FAILED instead.
    """
    for request, redelivered in requests(event, world):
        if request.get("RequestType") == REPAIR:
            return _repair(request, world)
        try:
            authenticate(request, world.own_stack, world.is_cloudformations)
            _answer_or_start(request, world, redelivered)
        except ForgedError as forged:
            page(world, "request", str(forged))
    return {"received": True}


def requests(event: Event, world: World) -> Iterator[tuple[Event, bool]]:
    """The requests of an event, and whether each comes from the queue of those that failed.

    The queue holds Lambda's own records of failed invocations (Lambda guide, asynchronous invocation destinations). One
    that is older than a switch may run is dropped: nobody waits for it any more, and carried out late, it would undo
    what people have done since.
    """
    if "Records" not in event:
        yield event, False
    for record in event.get("Records", ()):
        failed = json.loads(record["body"])
        if world.now() - unix(failed["timestamp"]) > world.policy.switch_deadline_seconds:
            log.error("a request came too late", extra={"request": failed["requestPayload"].get("RequestId", "")})
            continue
        yield failed["requestPayload"], True


def _answer_or_start(event: Event, world: World, redelivered: bool) -> None:
    try:
        ask = Ask.from_event(event, world.services)
        record = world.journal.record(ask.id) or _registered(ask, world, redelivered)
    except (RequestError, JournalError) as error:
        refuse(event, world, error)
        return
    if record.answer:
        deliver(world, record.switch, ask.request, record.answer)
    else:
        world.executions().start(record.switch)


def _registered(ask: Ask, world: World, redelivered: bool) -> Record:
    for _ in range(TRIES):
        newest = _newest(ask, world)
        meaning = classify(ask, _scene(ask, world, newest, redelivered))
        record = _record(ask, meaning, _digest(meaning, world), world.now())
        if world.journal.register(record, newest if meaning.is_newest else None):
            return record
        if found := world.journal.record(ask.id):
            return found
    raise UnsettledError(f"the request {ask.id} was overtaken {TRIES} times while it was recorded")


def _newest(ask: Ask, world: World) -> Newest:
    """Where the item is damaged, the newest switch of the service is asked whether it was this resource's."""
    newest = world.journal.newest(ask.resource)
    if newest.read is None:
        return newest
    record = world.journal.record(world.journal.last(ask.service))
    return replace(newest, record=record) if record and record.resource == ask.resource else newest


def _scene(ask: Ask, world: World, newest: Newest, redelivered: bool) -> Scene:
    """What is live is needed to go forward alone: no damaged item may keep a rollback or a removal from its work."""
    now = world.now()
    if ask.kind == DELETE:
        _insist_on_deletion(ask, world)
        live = live_or_none(world, ask.service)
        return Scene(newest, live=live, is_anothers=_is_anothers(ask, world, live))
    status, known = _status(ask, world, newest.record)
    if status not in FORWARD:
        return Scene(newest, status, known)
    live = known or world.journal.live(ask.service)
    drift, astray = _drift(ask, world, live)
    return Scene(newest, status, live, drift, astray, now=now, redelivered=redelivered)


def _insist_on_deletion(ask: Ask, world: World) -> None:
    """While a stack is at rest, CloudFormation deletes nothing of it.

    Raises:
        ForgedError: it is at rest, for as long as its status may lag behind.
    """
    deadline = world.monotonic() + STATUS_PATIENCE_SECONDS
    while not (status := world.stack(ask.stack_id).status).endswith(UNDER_WAY):
        if world.monotonic() >= deadline:
            raise ForgedError(
                f"the removal of {ask.service} was asked for ({ask.id}) while the stack is {status}: CloudFormation"
                " does not ask so, unless the request came an hour late"
            )
        world.sleep(STATUS_PAUSE_SECONDS)


def _drift(ask: Ask, world: World, live: Live | None) -> tuple[str, bool]:
    """How the rule differs from what is live, and whether nothing is wrong with it but its listener.

    Nobody is kept waiting for a rule that is being moved who does not have to know.
    """
    service = world.services[ask.service]
    if live is None or not asks_for(ask, live) or not (ask.color == KEEP or service.has_other_listeners):
        return "", False
    rule = world.rule(service)
    look = awaited(world, rule, lambda look: not preflight.drift(look, live) or _is_astray(look, live))
    return preflight.drift(look, live), _is_astray(look, live)


def _is_astray(look: RuleLook, live: Live) -> bool:
    return bool(look.strays) and look.reads(live.weights)


def _status(ask: Ask, world: World, newest: Record | None) -> tuple[str, Live | None]:
    """The stack's status, and what is live if it can be read.

    A look that cannot be true is taken again for as long as it may lag behind.
    """
    deadline = world.monotonic() + STATUS_PATIENCE_SECONDS
    while True:
        look = world.stack(ask.stack_id)
        live = live_or_none(world, ask.service)
        if not is_old(look, ask, newest, live) or world.monotonic() >= deadline:
            return look.status, live
        world.sleep(STATUS_PAUSE_SECONDS)


def _is_anothers(ask: Ask, world: World, live: Live | None) -> bool:
    """Whether the rule, or the switch that is about to write it, is another resource's."""
    if live and live.resource:
        return live.resource != ask.resource
    lock = world.journal.lock(ask.service)
    owner = world.journal.record(lock.owner) if lock and lock.owner else None
    return bool(owner and not owner.answer and owner.resource not in ("", ask.resource))


def _digest(meaning: Meaning, world: World) -> str:
    """Which image is to go live, as the version guard found it. What brings nothing new live needs no such item."""
    switch = meaning.switch
    if meaning.answer or switch.mode is not Mode.RELEASE:
        return ""
    known = world.journal.image(switch.service, switch.version)
    return known.digest_on(switch.color) if known else ""


def _record(ask: Ask, meaning: Meaning, digest: str, now: float) -> Record:
    return Record(
        switch=meaning.switch,
        started_at=now,
        resource=ask.resource,
        properties=ask.properties,
        digest=digest,
        outcome=meaning.outcome,
        reason=meaning.answer.reason if meaning.answer else "",
        answer=meaning.answer,
        request=ask.request,
    )


def _repair(event: Event, world: World) -> Result:
    service = str(event.get("Service", ""))
    if service not in world.services:
        raise RequestError(f"there is no service {service!r}; the services are {', '.join(world.services)}")
    if not event.get("RequestId"):
        raise RequestError("the request has no RequestId: give it one that was never used")
    live = world.journal.live(service)
    if live is None:
        raise RequestError(f"the journal remembers nothing live of {service}: release a version first")
    switch = Switch(str(event["RequestId"]), service, Mode.REPAIR, live.color, live.version)
    world.journal.register(Record(switch, world.now()), None)
    world.executions().start(switch)
    return {"switch_id": switch.id}


handle = Entry(receive)
