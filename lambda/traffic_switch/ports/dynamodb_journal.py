"""The journal in DynamoDB: an item per switch, a few small ones per service and resource, and the transactions on them.

Each method below that writes with the lock is one transaction of docs/protocol.md, under the same name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from traffic_switch.contract import JOURNAL_KEY
from traffic_switch.errors import JournalError, LockLostError
from traffic_switch.image import KnownImage
from traffic_switch.journal import Answer, Before, Closing, Lock, Newest, Record
from traffic_switch.model import Hold, Live, Mode, Outcome, Switch
from traffic_switch.ports.image_memory import ImageMemory
from traffic_switch.ports.journal_items import (
    answer_to_text,
    live_from_item,
    lock_from_item,
    newest_from_item,
    plain,
    record_from_item,
    record_to_item,
    request_from_item,
    request_key,
    request_to_map,
    switch_key,
)
from traffic_switch.ports.journal_table import ABSENT, PRESENT, ConditionFailedError, JournalTable, Write
from traffic_switch.ports.journal_writes import (
    as_read,
    becomes_live,
    begins,
    debt_of,
    held_by,
    lock_key,
    lost,
    mine,
    newest_key,
    points_to,
    sealed,
)
from traffic_switch.remembered import before_from_map, before_to_map
from traffic_switch.verdict import Judgment

TAKEN_OVER = "a later switch took the lock from it, and answers for the traffic"
SUPERSEDED = "a newer request of the same resource came before it had begun"
KNOWN = {JOURNAL_KEY: PRESENT}
"""The condition of a note: it must not make an item of its own."""


class DynamoJournal:
    """See `traffic_switch.journal.Journal`, whose contract this keeps."""

    def __init__(self, table: JournalTable) -> None:
        self._table = table

    def record(self, switch_id: str) -> Record | None:
        item = self._table.get(switch_key(switch_id))
        return record_from_item(item, switch_id) if item else None

    def newest(self, resource: str) -> Newest:
        return newest_from_item(self._table.get(newest_key(resource)), self.record)

    def last(self, service: str) -> str:
        return str(plain(self._table.get(f"last#{service}")).get("switch_id", ""))

    def lock(self, service: str) -> Lock | None:
        return lock_from_item(self._table.get(lock_key(service)))

    def live(self, service: str) -> Live | None:
        key = f"live#{service}"
        return live_from_item(self._table.get(key), key)

    def image(self, service: str, version: str) -> KnownImage | None:
        return ImageMemory(self._table).get(service, version)

    def register(self, record: Record, newest: Newest | None) -> bool:
        writes = [Write(switch_key(record.switch.id), put=record_to_item(record), only_if={JOURNAL_KEY: ABSENT})]
        writes.append(Write(f"last#{record.switch.service}", put={"switch_id": record.switch.id}))
        if record.request is not None and record.answer is None:
            writes.append(Write(request_key(record.switch.id), put=request_to_map(record), is_secret=True))
        if newest is not None:
            writes.append(points_to(record, newest))
        replaced = newest.record if newest else None
        if replaced and replaced.begun is None and replaced.answer is None:
            writes.append(sealed(replaced.switch, Outcome.UNCHANGED, SUPERSEDED, "FAILED", begun=ABSENT))
        return self._done(*writes)

    def acquire(self, switch: Switch, reason: str, now: float, deadline: float) -> Lock:
        epoch = int(now * 1000)
        free = Write(
            lock_key(switch.service),
            put={"owner": switch.id, "epoch": epoch, "reason": reason, "since": now, "deadline": deadline},
            only_if={JOURNAL_KEY: ABSENT},
        )
        if self._done(free, begins(switch, now)):
            return Lock(switch.id, epoch, "", reason, now, deadline)
        held, mine = self.lock(switch.service), self.record(switch.id)
        if mine is None or mine.answer:
            raise LockLostError(f"the switch {switch.id} has been ended")
        return held or self.acquire(switch, reason, now, deadline)

    def take_over(
        self, switch: Switch, reason: str, held: Lock, old: Record | None, now: float, deadline: float
    ) -> None:
        debt = debt_of(held, old)
        lock: dict[str, Any] = {
            "owner": switch.id,
            "epoch": (held.epoch or 0) + 1,
            "reason": reason,
            "since": now,
            "deadline": deadline,
        }
        if debt:
            lock["debt"] = debt
        taken = Write(lock_key(switch.service), put=lock, only_if=as_read(held))
        writes = [taken, begins(switch, now)]
        if old and old.answer is None:
            status = "SUCCESS" if old.switch.mode is Mode.RESTORE else "FAILED"
            writes.append(sealed(old.switch, Outcome.TAKEN_OVER, TAKEN_OVER, status))
        self._done(*writes)

    def retake(self, switch: Switch, now: float) -> Lock:
        held = self.lock(switch.service)
        if held is None or held.owner != switch.id:
            raise lost(switch, held)
        bumped = Write(
            lock_key(switch.service), set={"epoch": (held.epoch or 0) + 1, "since": now}, only_if=as_read(held)
        )
        unanswered = Write(switch_key(switch.id), only_if={JOURNAL_KEY: PRESENT, "answer": ABSENT})
        if not self._done(bumped, unanswered):
            raise lost(switch, held)
        return Lock(held.owner, (held.epoch or 0) + 1, held.debt, held.reason, now, held.deadline)

    def holds(self, hold: Hold) -> bool:
        held = self.lock(hold.service)
        return held is not None and (held.owner, held.epoch) == (hold.switch_id, hold.epoch)

    def mark(self, hold: Hold, at: float) -> None:
        self._with(hold, held_by(hold), Write(switch_key(hold.switch_id), once={"shifted_at": at, "phase:shift": at}))

    def paid(self, hold: Hold, debt: Record | None) -> None:
        writes = [Write(lock_key(hold.service), remove=["debt"], only_if=mine(hold))]
        if debt is not None:
            writes += [
                Write(switch_key(debt.switch.id), set={"undone": hold.switch_id}),
                Write(switch_key(hold.switch_id), set={"paid": debt.switch.id}),
                becomes_live(hold.service, debt.before.live if debt.before else None),
            ]
        self._with(hold, *writes)

    def close(self, hold: Hold, closing: Closing) -> None:
        ending: dict[str, Any] = {
            "outcome": closing.outcome.value,
            "reason": closing.reason,
            "answer": answer_to_text(closing.answer),
        }
        undone = {"undone": hold.switch_id} if closing.outcome is Outcome.ROLLED_BACK and closing.owed else {}
        if closing.owed == hold.switch_id:
            ending |= undone
        writes = [
            Write(lock_key(hold.service), delete=True, only_if=mine(hold)),
            Write(switch_key(hold.switch_id), set=ending, only_if={"answer": ABSENT}),
        ]
        if undone and closing.owed != hold.switch_id:
            writes.append(Write(switch_key(closing.owed), set=undone))
        if closing.changes_live:
            writes.append(becomes_live(hold.service, closing.live))
        self._with(hold, *writes)

    def refuse(self, switch: Switch, outcome: Outcome, reason: str, answer: Answer) -> bool:
        ending = {"outcome": outcome.value, "reason": reason, "answer": answer_to_text(answer)}
        return self._done(
            Write(switch_key(switch.id), set=ending, only_if={"begun": ABSENT, "answer": ABSENT}),
        )

    def remember_before(self, switch_id: str, before: Before) -> Before:
        first = Write(switch_key(switch_id), once={"before": before_to_map(before)}, only_if=KNOWN)
        try:
            return before_from_map(plain(self._table.update(first))["before"])
        except ConditionFailedError as error:
            raise JournalError(
                f"the journal has no item {switch_key(switch_id)} any more: the switch cannot go on"
            ) from error

    def begin(self, switch_id: str, phase: str, at: float) -> None:
        self._add(switch_id, once={f"phase:{phase}": at})

    def note(self, switch_id: str, phase: str, look: int, judgment: Judgment, at: float) -> None:
        """Traces are keyed by phase and look, so that a look that runs twice is in the trace once."""
        entry = {"verdict": judgment.verdict.value, "reason": judgment.reason, "at": Decimal(f"{at:.3f}")}
        self._add(
            switch_id,
            once={f"trace:{phase}:{look:04d}": entry, f"phase:{phase}": at},
            set={"phase": phase, "verdict": judgment.verdict.value, "said": judgment.reason},
        )

    def keep_evidence(self, switch_id: str, evidence: str) -> None:
        self._add(switch_id, once={"evidence": evidence})

    def request(self, switch_id: str) -> Mapping[str, Any] | None:
        return request_from_item(self._table.get(request_key(switch_id), is_secret=True))

    def forget_request(self, switch_id: str) -> None:
        self._table.transact(Write(request_key(switch_id), delete=True, is_secret=True))

    def drift(self, service: str) -> str:
        return str(plain(self._table.get(f"drift#{service}")).get("told", ""))

    def remember_drift(self, service: str, drift: str) -> None:
        self._table.update(Write(f"drift#{service}", set={"told": drift}))

    def _add(self, switch_id: str, **parts: Any) -> None:
        with contextlib.suppress(ConditionFailedError):
            self._table.update(Write(switch_key(switch_id), only_if=KNOWN, **parts))

    def _done(self, *writes: Write) -> bool:
        try:
            self._table.transact(*writes)
        except ConditionFailedError:
            return False
        return True

    def _with(self, hold: Hold, *writes: Write) -> None:
        if not self._done(*writes):
            raise LockLostError(
                f"the lock of {hold.service} is not held by {hold.switch_id} in epoch {hold.epoch} any more"
            )
