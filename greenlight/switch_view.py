"""One switch as an operator reads it: its record, its trace, and the words for both. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from traffic_switch.contract import KEEP
from traffic_switch.journal import Lock, Record
from traffic_switch.model import Mode
from traffic_switch.ports.journal_items import Item, plain, record_from_item

PHASE = "phase:"


@dataclass(frozen=True)
class SwitchView(Record):
    """One switch at one moment, with its trace: `phases` maps each phase that has begun to its Unix time.

    `phase` is the last one that said something, and `said` is what.
    """

    phases: Mapping[str, float] = field(default_factory=dict)
    phase: str = ""
    said: str = ""
    evidence: Mapping[str, Any] | None = None

    @property
    def ended(self) -> bool:
        """Whether its outcome is fixed."""
        return self.answer is not None or self.outcome is not None

    @classmethod
    def from_item(cls, item: Item, switch_id: str) -> SwitchView:
        """Read a switch's item; what cannot be read of the trace is left out, since nobody decides by it."""
        raw = plain(item)
        return cls(
            **vars(record_from_item(item, switch_id)),
            phases=_phases(raw),
            phase=str(raw.get("phase", "")),
            said=str(raw.get("said", "")),
            evidence=_evidence(raw.get("evidence")),
        )


def mode(switch: Record) -> str:
    """What a switch was for, in one word. `keep` is a release that named no color, so that nothing was run."""
    kept = switch.switch.mode is Mode.RELEASE and switch.begun is None and switch.answer is not None
    return KEEP if kept and _properties(switch.properties.new).get("Color") == KEEP else switch.switch.mode.value


def state(switch: Record, lock: Lock | None) -> str:
    """The outcome of a switch, or how far it is without one."""
    damage = f"damaged: {', '.join(switch.damage)}" if switch.damage else ""
    if switch.outcome:
        return f"{switch.outcome} ({damage})" if damage else switch.outcome.value
    if damage:
        return damage
    if lock and lock.owner == switch.switch.id:
        return "running"
    return "not begun" if switch.begun is None else "not settled"


def asked_before_and_after(switch: Record) -> Iterator[Mapping[str, Any]]:
    """The properties of the custom resource before and after a request."""
    yield _properties(switch.properties.old)
    yield _properties(switch.properties.new)


def _properties(text: str) -> Mapping[str, Any]:
    return _object(text) or {}


def _evidence(text: Any) -> Mapping[str, Any] | None:
    return None if text is None else _object(text) or {"unreadable": str(text)}


def _object(text: Any) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def _phases(raw: Mapping[str, Any]) -> Mapping[str, float]:
    begun = {}
    for name in (name for name in raw if name.startswith(PHASE)):
        try:
            begun[name.removeprefix(PHASE)] = float(raw[name])
        except (ValueError, TypeError):
            continue
    return dict(sorted(begun.items(), key=lambda pair: pair[1]))
