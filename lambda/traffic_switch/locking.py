"""How a switch gets the lock of its service: when it is free, or from one that may be ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traffic_switch.journal import Lock, Record
from traffic_switch.model import Hold, Mode, Switch
from traffic_switch.times import unix
from traffic_switch.world import World

TRIES = 4
"""Each try after the first means that the lock changed hands meanwhile."""

MARGIN_SECONDS = 60.0
"""What the lock outlives the execution: past its deadline anybody may take it, so the execution must have ended."""


def held(world: World, service: str, lock: Lock) -> Hold:
    """The right to write of a lock that was taken, or retaken, just now."""
    return lock.hold(service, world.monotonic() + world.policy.write_settle_seconds)


def hold_of(event: Mapping[str, Any], world: World) -> Hold:
    """The right to write that a task's payload carries. Before the lock was taken it is epoch 0, which nobody holds.

    How much of W is over is told by the state machine's clock alone: two functions' clocks may be apart.
    """
    switch, raw, whole = event["switch"], event.get("hold") or {}, world.policy.write_settle_seconds
    over = unix(event["entered"]) - unix(event["held_at"]) if event.get("held_at") else 0.0
    return Hold(
        switch_id=switch["switch_id"],
        service=switch["service"],
        epoch=int(raw.get("epoch", 0)),
        debt=str(raw.get("debt", "")),
        settles_at=world.monotonic() + min(whole, max(0.0, whole - over)),
    )


def obtain(world: World, switch: Switch, machine_arn: str) -> Hold | str:
    """Return the hold, or the sentence that says who has the lock and why it may not be taken.

    Raises:
        LockLostError: the switch has been ended.
    """
    for _ in range(TRIES):
        now = world.now()
        deadline = now + world.policy.switch_deadline_seconds + MARGIN_SECONDS
        reason = f"{switch.mode} {switch.color} {switch.version}{' (one-way)' if switch.one_way else ''}".strip()
        lock = world.journal.acquire(switch, reason, now, deadline)
        if lock.owner == switch.id:
            return held(world, switch.service, lock)
        old = world.journal.record(lock.owner) if lock.owner else None
        if not may_take(switch, lock, old, now):
            return _held(switch, lock)
        if lock.owner:
            world.executions(machine_arn).stop(lock.owner, f"{switch.mode} {switch.id} takes over")
        world.journal.take_over(switch, reason, lock, old, now, deadline)
    return f"the lock of {switch.service} changed hands {TRIES} times while this switch tried to get it: try again"


def may_take(switch: Switch, lock: Lock, old: Record | None, now: float) -> bool:
    """Whether a lock may be taken from its owner: one that is ended, is past its deadline, or is to be undone.

    A removal may end any switch: nothing may write a rule that is being deleted. A restore may end an earlier try at
    the same restore (ContinueUpdateRollback sends a new request).
    """
    if switch.mode is Mode.REMOVE or lock.deadline < now or lock.owner == (switch.undoes or None):
        return True
    if old is None:
        return False
    same = old.switch.mode is Mode.RESTORE and switch.mode is Mode.RESTORE and old.switch.undoes == switch.undoes
    return old.answer is not None or same


def _held(switch: Switch, lock: Lock) -> str:
    if not lock.owner or lock.epoch is None:
        return (
            f"the journal's item lock#{switch.service} is damaged: it names no owner or no epoch. "
            "Delete it when no execution of the switch is running, then retry"
        )
    return (
        f"another switch of {switch.service} is running: {lock.owner} ({lock.reason or 'no reason given'}), until Unix "
        f"time {lock.deadline:.0f} at the latest. Wait for it, or abort it with `greenlight abort`"
    )
