"""Settle: an execution died (timed out, stopped, failed), and what it left open is closed for it.

It stands behind a queue, which calls it again until it works.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from traffic_switch.authentic import own_switch, read_switch
from traffic_switch.closing import close_refused, close_taken_back, message_of
from traffic_switch.errors import ForgedError, LockLostError, UnsettledError
from traffic_switch.evidence import keep
from traffic_switch.forgery import page
from traffic_switch.handlers.entry import Entry, Event, Result, log
from traffic_switch.handlers.remove import removed
from traffic_switch.handlers.respond import send
from traffic_switch.journal import Record
from traffic_switch.locking import held, obtain
from traffic_switch.model import Hold, Mode, Switch
from traffic_switch.taking_back import bring_back
from traffic_switch.world import World

LOOKS, LOOK_PAUSE_SECONDS = 5, 2.0
"""At an execution that is said to have died, and seems to run."""

PATIENCE = 3
"""Failures after which a person is paged: by then the queue has waited through every short disturbance."""


def settle(event: Event, world: World) -> Result:
    """End each switch whose execution died, as its journal says, then answer.

    An execution that is no switch of ours is nobody's: people hear of it, and nothing is done.

    Raises:
        UnsettledError: a switch is not ended yet.
    """
    for detail, tries in died(event):
        try:
            _tried(world, read_switch(_input(detail)), detail, tries)
        except ForgedError as forged:
            page(world, "execution", f"{forged}. It is said to be {detail['status']}")
    return {"settled": True}


def died(event: Event) -> Iterator[tuple[Mapping[str, Any], int]]:
    """What EventBridge says of each dead execution, and how often it was delivered, counted from 1."""
    if "Records" not in event:
        yield event["detail"], 1
    for record in event.get("Records", ()):
        yield json.loads(record["body"])["detail"], int(record["attributes"]["ApproximateReceiveCount"])


def _input(detail: Mapping[str, Any]) -> Any:
    """The execution's input. EventBridge leaves out one that is longer than any of ours."""
    try:
        return json.loads(detail["input"])
    except (ValueError, KeyError, TypeError):
        return None


def _tried(world: World, switch: Switch, detail: Mapping[str, Any], tries: int) -> None:
    try:
        _settle(world, own_switch({"switch": _input(detail), "execution": detail["name"]}, world), detail)
    except ForgedError:
        raise
    except Exception as error:
        _page(world, switch, tries, error)
        raise


def _settle(world: World, switch: Switch, detail: Mapping[str, Any]) -> None:
    record = world.journal.record(switch.id)
    if record is not None and record.answer is None:
        _insist_on_its_end(world, switch, detail)
        try:
            _end(world, switch, record, detail)
        except LockLostError as lost:
            log.info("ended by another", extra={"switch": switch.id, "reason": str(lost)})
        record = world.journal.record(switch.id)
    if record is None or record.answer is None:
        raise UnsettledError(f"the switch {switch.id} is not ended yet")
    send(world, switch, record)


def _insist_on_its_end(world: World, switch: Switch, detail: Mapping[str, Any]) -> None:
    """A switch that runs closes itself: one that was redriven, or of which somebody only says that it died.

    DescribeExecution may lag behind (Step Functions API reference), so that it is asked again.

    Raises:
        UnsettledError: it runs.
    """
    executions = world.executions(detail["stateMachineArn"])
    for _ in range(LOOKS):
        if not executions.is_running(switch.id):
            return
        world.sleep(LOOK_PAUSE_SECONDS)
    raise UnsettledError(f"the execution {switch.id} runs")


def _end(world: World, switch: Switch, record: Record, detail: Mapping[str, Any]) -> None:
    hold = _hold(world, switch, record, detail["stateMachineArn"])
    if isinstance(hold, str):
        close_refused(world, switch, f"{_why(detail)}. {hold}")
    elif switch.mode is Mode.REMOVE:
        removed(world, switch, hold)
    else:
        traffic = bring_back(world, switch, hold, clean=False)
        if switch.mode is not Mode.RESTORE:
            keep(world, switch, _why(detail), traffic)
        close_taken_back(world, switch, hold, traffic, _why(detail))


def _hold(world: World, switch: Switch, record: Record, machine_arn: str) -> Hold | str:
    """A new epoch of its lock, or the sentence that says why it never gets one.

    One that never began: a restore or a removal still gets its chance, a release does not. One that began and has no
    lock any more, though nobody ended it: a person deleted the lock, so it is taken again.
    """
    if record.begun is None and switch.mode not in (Mode.RESTORE, Mode.REMOVE):
        return "It had not begun"
    lock = world.journal.lock(switch.service)
    if lock and lock.owner == switch.id:
        return held(world, switch.service, world.journal.retake(switch, world.now()))
    hold = obtain(world, switch, machine_arn)
    if isinstance(hold, str) and record.begun is not None:
        raise UnsettledError(hold)
    return hold


def _why(detail: Mapping[str, Any]) -> str:
    cause = message_of(str(detail.get("cause") or detail.get("error") or "no cause was given"))
    return f"The switch did not end by itself but was {detail['status']}: {cause}"


def _page(world: World, switch: Switch, tries: int, error: Exception) -> None:
    if tries != PATIENCE:
        return
    try:
        world.notifier.tell(
            f"PAGE: Greenlight {switch.service}: {switch.mode} is not settled",
            f"The switch {switch.id} died, and closing it has failed {tries} times: {error}. "
            "It is tried again by itself. Until then no other switch of the service can run",
        )
    except Exception:
        log.exception("nobody was notified")


handle = Entry(settle)
