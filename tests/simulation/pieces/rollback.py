"""RollBack on the bench, and what the tests of it share."""

from __future__ import annotations

from typing import Any

from tests.simulation.pieces.workbench import BLUE_BEFORE, RELEASE, Workbench

FAILURE = {"phase": "Bake", "reason": "too many failed"}
HEALTHY = "1 of 1 targets of blue are healthy"
NEXT = "Look at both colors, then run `greenlight repair`; the runbook (docs/operations.md, HELD) says what else"


def rolled_back(bench: Workbench, **payload: Any) -> dict[str, Any]:
    """What RollBack answers."""
    given = {"before": BLUE_BEFORE, "failure": FAILURE, "clean": True, **payload}
    told: dict[str, Any] = bench.step("Rollback", RELEASE, **given)
    return told


def outcome(bench: Workbench, id: str = "s1") -> tuple[str, str]:
    item = bench.cloud.switch_item(id) or {}
    return item["outcome"], item["reason"]


def calls(bench: Workbench, name: str) -> list[float]:
    """When a call took effect."""
    return [time for time, _, call, _ in bench.cloud.kernel.trace if call == name]
