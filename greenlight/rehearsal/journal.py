"""The journal as it stands in the table, read without the switch's own code: that is what is being rehearsed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from traffic_switch.contract import JOURNAL_KEY, Color
from traffic_switch.model import Live, Weights

SWITCH = "switch#"
PHASE = "phase:"

Item = Mapping[str, Any]


@dataclass(frozen=True)
class SwitchSeen:
    """One switch at one moment. `phases` maps each begun phase to its Unix time; what is not known yet is empty."""

    id: str
    mode: str
    color: str
    version: str
    started_at: float = 0.0
    phases: Mapping[str, float] | None = None
    phase: str = ""
    said: str = ""
    outcome: str = ""
    reason: str = ""
    answer: str = ""
    shifted_at: float | None = None
    has_evidence: bool = False
    service: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it has ended, and its answer is fixed."""
        return bool(self.outcome and self.answer)

    def reached(self, phase: str) -> bool:
        """Whether a phase has begun."""
        return phase in (self.phases or {})

    def __str__(self) -> str:
        return f"{self.mode} {self.color} {self.version} ({self.id})"

    @classmethod
    def of(cls, item: Item) -> SwitchSeen:
        """Read a switch's item."""
        asked = json.loads(item["switch"])
        begun = {key.removeprefix(PHASE): float(item[key]) for key in item if key.startswith(PHASE)}
        answer = json.loads(item["answer"]) if "answer" in item else {}
        return cls(
            id=asked["switch_id"],
            mode=asked["mode"],
            color=asked["color"],
            version=asked["version"],
            started_at=float(item["started_at"]),
            phases=dict(sorted(begun.items(), key=lambda pair: pair[1])),
            phase=str(item.get("phase", "")),
            said=str(item.get("said", "")),
            outcome=str(item.get("outcome", "")),
            reason=str(item.get("reason", "")),
            answer=str(answer.get("status", "")),
            shifted_at=float(item["shifted_at"]) if "shifted_at" in item else None,
            has_evidence="evidence" in item,
            service=asked["service"],
        )


@dataclass(frozen=True)
class JournalSeen:
    """The journal at one moment, as far as it is about one service; its switches in the order they were asked for."""

    switches: tuple[SwitchSeen, ...]
    live: Live | None
    lock_owner: str


def read_journals(table: Any, services: Iterable[str]) -> Mapping[str, JournalSeen]:
    """Read what concerns each service, in one look. A rehearsal has a few dozen items, which is one page."""
    items = {item[JOURNAL_KEY]: item for item in table.scan(ConsistentRead=True)["Items"]}
    switches = [SwitchSeen.of(item) for key, item in items.items() if key.startswith(SWITCH) and "switch" in item]
    return {service: _of(service, switches, items) for service in services}


def read_journal(table: Any, service: str) -> JournalSeen:
    """Read what concerns one service."""
    return read_journals(table, [service])[service]


def _of(service: str, switches: Iterable[SwitchSeen], items: Mapping[str, Item]) -> JournalSeen:
    own = [switch for switch in switches if switch.service == service]
    return JournalSeen(
        switches=tuple(sorted(own, key=lambda switch: switch.started_at)),
        live=_live(items.get(f"live#{service}")),
        lock_owner=str(items.get(f"lock#{service}", {}).get("owner", "")),
    )


def _live(item: Item | None) -> Live | None:
    if not item:
        return None
    return Live(Color(item["color"]), str(item["version"]), Weights(int(item["blue"]), int(item["green"])))
