"""Bake: one look at the color that now has the traffic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from traffic_switch.authentic import own_switch
from traffic_switch.config import Service
from traffic_switch.handlers.entry import Entry, Event, Result, ruling
from traffic_switch.judging import bake
from traffic_switch.judging.bake import Look
from traffic_switch.judging.looks import Batch, OwnCounts, Period, users_of, wiring_of
from traffic_switch.judging.schedule import pause_seconds
from traffic_switch.locking import hold_of
from traffic_switch.model import Mode, Switch
from traffic_switch.watching import Watch, abort_of
from traffic_switch.world import World

T = TypeVar("T")


def look(event: Event, world: World) -> Result:
    """Send own requests, read CloudWatch and the targets, and judge all that was seen since the shift.

    Own requests make sure that there is something to judge: CloudWatch is minutes late, and silent without traffic.
    All batches are carried from look to look and judged anew, so that a period that CloudWatch corrects is corrected.

    Raises:
        LockLostError: another switch ended this one.
    """
    switch, progress = own_switch(event, world, Mode.RELEASE), event.get("progress") or {}
    number, policy = progress.get("look", 0) + 1, world.policy
    batches = [Batch.from_json(raw) for raw in progress.get("batches", [])]
    record = world.journal.record(switch.id)
    since = record.shifted_at if record and record.shifted_at else world.now()
    watch = Watch(world, switch, hold_of(event, world), since, batches, list(filter(None, [abort_of(record)])))
    started = watch.second
    if number == 1:
        world.journal.begin(switch.id, "bake", world.now())
    watch.run()
    judgment = bake.judge(_seen(world, switch, watch), policy)
    after = {"look": number, "batches": [batch.as_json() for batch in watch.batches]}
    pause = pause_seconds(policy, watch.batches, started, watch.second)
    return ruling(world, switch, "bake", number, judgment, progress=after, wait_seconds=pause)


def _seen(world: World, switch: Switch, watch: Watch) -> Look:
    """What the watch saw, and unless that is clear already, what AWS says."""
    seen = Look(watch.second, watch.batches, objections=watch.objections)
    return seen if watch.is_clear else _with_aws(world, switch, watch.since, seen)


def _with_aws(world: World, switch: Switch, since: float, seen: Look) -> Look:
    service, policy, unread = world.services[switch.service], world.policy, list[str]()
    group = service.target_groups[switch.color]
    targets = _read(unread, "the targets' health", lambda: world.target_groups.targets(group.arn))
    alarms = _read(unread, "the alarms", lambda: world.metrics.alarms(service.alarms[switch.color]))
    periods = _read(unread, "CloudWatch", lambda: _periods(world, service, group.dimension, since)) or ()
    own = OwnCounts(seen.batches, since, policy.bake_batch_seconds)
    return replace(
        seen,
        targets=targets,
        alarms=alarms,
        users=users_of(periods, own, policy.metric_period_seconds, forgiven=policy.confirm_answers),
        wiring=wiring_of(periods, own, policy.metric_period_seconds),
        unread=unread,
    )


def _periods(world: World, service: Service, dimension: str, since: float) -> tuple[Period, ...]:
    policy = world.policy
    return world.metrics.periods(
        service.load_balancer_dimension,
        dimension,
        since,
        world.now() - policy.metric_lag_seconds,
        policy.metric_period_seconds,
        policy.max_p95_ms,
    )


def _read(unread: list[str], what: str, read: Callable[[], T]) -> T | None:
    """Read, or say what could not be read: that waits and never passes, but it rolls nothing back by itself."""
    try:
        return read()
    except (ClientError, BotoCoreError) as error:
        unread.append(f"{what} could not be read: {error}")
        return None


handle = Entry(look)
