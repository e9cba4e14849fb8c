"""The journal's contract, kept in dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from traffic_switch.errors import LockHeldError, LockLostError
from traffic_switch.journal import Answer, Before, Record
from traffic_switch.model import Live, Switch
from traffic_switch.verdict import Judgment


class MemoryJournal:
    """See `traffic_switch.journal.Journal`."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.locks: dict[str, tuple[str, float]] = {}
        self.lives: dict[str, Live] = {}
        self.last: dict[str, str] = {}
        self.trace: dict[tuple[str, str, int], Judgment] = {}
        self.evidence: dict[str, str] = {}
        self.begun: dict[tuple[str, str], float] = {}

    def open(self, switch: Switch, request: Mapping[str, Any], at: float) -> None:
        self.records[switch.id] = Record(switch, at, request=request)
        if not switch.undoes:
            self.last[switch.service] = switch.id

    def record(self, switch_id: str) -> Record | None:
        return self.records.get(switch_id)

    def last_request(self, service: str) -> str:
        return self.last.get(service, "")

    def lock(self, switch: Switch, reason: str, now: float, deadline: float) -> None:
        owner, until = self.locks.get(switch.service, ("", 0.0))
        if owner and until >= now and owner not in (switch.id, switch.undoes):
            raise LockHeldError(f"held by {owner}")
        self.locks[switch.service] = (switch.id, deadline)

    def require_lock(self, switch: Switch) -> None:
        if self.locks.get(switch.service, ("", 0.0))[0] != switch.id:
            raise LockLostError("not ours")

    def unlock(self, switch: Switch) -> None:
        if self.locks.get(switch.service, ("", 0.0))[0] == switch.id:
            del self.locks[switch.service]

    def live(self, service: str) -> Live | None:
        return self.lives.get(service)

    def remember_live(self, service: str, live: Live | None) -> None:
        if live is None:
            self.lives.pop(service, None)
        else:
            self.lives[service] = live

    def remember_before(self, switch_id: str, before: Before) -> Before:
        record = self.records[switch_id]
        kept = record.before or before
        self.records[switch_id] = replace(record, before=kept)
        return kept

    def mark_shift(self, switch_id: str, at: float) -> None:
        record = self.records[switch_id]
        self.records[switch_id] = replace(record, shifted_at=record.shifted_at or at)

    def begin(self, switch_id: str, phase: str, at: float) -> None:
        self.begun.setdefault((switch_id, phase), at)

    def note(self, switch_id: str, phase: str, look: int, judgment: Judgment, at: float) -> None:
        self.begin(switch_id, phase, at)
        self.trace.setdefault((switch_id, phase, look), judgment)

    def close(self, switch_id: str, outcome: str, reason: str) -> None:
        self.records[switch_id] = replace(self.records[switch_id], outcome=outcome, reason=reason)

    def keep_evidence(self, switch_id: str, evidence: str) -> None:
        self.evidence.setdefault(switch_id, evidence)

    def decide_answer(self, switch_id: str, answer: Answer) -> Answer:
        record = self.records[switch_id]
        self.records[switch_id] = replace(record, answer=record.answer or answer)
        return record.answer or answer

    def forget_request(self, switch_id: str) -> None:
        self.records[switch_id] = replace(self.records[switch_id], request=None)
