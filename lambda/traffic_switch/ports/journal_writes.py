"""What the journal's transactions are made of: keys, conditions, and one write for each thing that becomes true."""

from __future__ import annotations

from typing import Any

from traffic_switch.contract import JOURNAL_KEY
from traffic_switch.errors import LockLostError
from traffic_switch.journal import Answer, Lock, Newest, Record
from traffic_switch.model import Hold, Live, Mode, Outcome, Switch
from traffic_switch.ports.journal_items import answer_to_text, newest_to_map, switch_key
from traffic_switch.ports.journal_table import ABSENT, PRESENT, Write
from traffic_switch.remembered import live_to_map


def lock_key(service: str) -> str:
    """The key of a service's lock."""
    return f"lock#{service}"


def newest_key(resource: str) -> str:
    """The key of the pointer to the newest request of a custom resource."""
    return f"newest#{resource}"


def mine(hold: Hold) -> dict[str, Any]:
    """The condition that a lock has this owner and this epoch."""
    return {"owner": hold.switch_id, "epoch": hold.epoch}


def as_read(lock: Lock) -> dict[str, Any]:
    """The condition that a lock is still what was read of it, also where that was damaged."""
    return {name: lock.read.get(name, ABSENT) for name in ("owner", "epoch")}


def held_by(hold: Hold) -> Write:
    """Nothing is written, and the transaction fails unless the lock is held."""
    return Write(lock_key(hold.service), only_if=mine(hold))


def begins(switch: Switch, now: float) -> Write:
    """A switch that has a record and no answer begins; nothing makes a record but a request."""
    return Write(switch_key(switch.id), once={"begun": now}, only_if={JOURNAL_KEY: PRESENT, "answer": ABSENT})


def debt_of(held: Lock, old: Record | None) -> str:
    """Whose traffic the new owner must take back: what the old one may have moved, or was to take back itself."""
    if old is None or old.outcome is not None:
        return held.debt
    return held.owner if old.may_have_shifted else old.switch.undoes or held.debt


def points_to(record: Record, newest: Newest) -> Write:
    """The pointer to the newest request moves only from where it was read. A restore notes what it takes back."""
    restores = record.switch.mode is Mode.RESTORE
    reversed_ = newest.with_reversed(record.properties, record.started_at) if restores else newest.reversed
    return Write(
        newest_key(record.resource),
        put=newest_to_map(record.switch.id, reversed_),
        only_if={"switch_id": newest.switch_id or (ABSENT if newest.read is None else newest.read)},
    )


def sealed(switch: Switch, outcome: Outcome, reason: str, status: str, **only_if: Any) -> Write:
    """A switch that has no answer yet gets one, and so never gets the lock again."""
    answer = Answer(status, reason, {"Outcome": outcome.value})
    return Write(
        switch_key(switch.id),
        set={"outcome": outcome.value, "reason": reason, "answer": answer_to_text(answer)},
        only_if={"answer": ABSENT, **only_if},
    )


def becomes_live(service: str, live: Live | None) -> Write:
    """What is live is remembered; None forgets it."""
    key = f"live#{service}"
    return Write(key, delete=True) if live is None else Write(key, put=live_to_map(live))


def lost(switch: Switch, held: Lock | None) -> LockLostError:
    """The error of a switch that works on although the lock is another's."""
    return LockLostError(
        f"the lock of {switch.service} is held by {held.owner if held else 'nobody'}, not by {switch.id}"
    )
