"""The figures of the operating characteristic, and the promises that they are held against."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from traffic_switch.config import Policy
from traffic_switch.judging.findings import SLOW_LIMIT

from stacks.options.release import ReleaseOptions
from tests.simulation.judge.course import NEVER

ROLLBACK_SECONDS = 3.0
"""What the rollback itself takes after the verdict."""


@dataclass(frozen=True)
class Cell:
    """One place of a table. `scene` is who meets the errors: `both`, only `users`, or `slow` answers that both meet.

    `percent` is 0 where the rate changes over time.
    """

    scene: str
    percent: float
    traffic: float


@dataclass(frozen=True)
class Figures:
    """What became of the bakes of one cell; times are seconds since the shift, of those that rolled back."""

    runs: int
    rolled_back: int
    median: float | None
    late: float | None
    within_27: int
    """Bakes with a verdict by second 27, so that traffic is back by second 30."""
    latest: float | None

    @property
    def share(self) -> float:
        """The share of bakes that rolled back."""
        return self.rolled_back / self.runs


def production() -> Policy:
    """The policy of the settings' defaults."""
    options = ReleaseOptions()
    return Policy(**{each.name: getattr(options, each.name) for each in fields(Policy)})


PRODUCTION = production()


def judged_settings(policy: Policy) -> dict[str, float]:
    """Those settings that the figures depend on."""
    return {name: value for name, value in asdict(policy).items() if name.startswith(("bake_", "max_", "metric_"))}


def limit_of(scene: str) -> float:
    """The limit that is asked about, as a share."""
    return SLOW_LIMIT if scene == "slow" else PRODUCTION.max_error_percent / 100


def summed_up(moments: Sequence[float]) -> Figures:
    """Count one cell's bakes."""
    caught = sorted(moment for moment in moments if moment < NEVER)
    return Figures(
        runs=len(moments),
        rolled_back=len(caught),
        median=round(quantile(caught, 0.5), 1) if caught else None,
        late=round(quantile(caught, 0.95), 1) if caught else None,
        within_27=sum(moment <= 30 - ROLLBACK_SECONDS for moment in caught),
        latest=round(caught[-1], 1) if caught else None,
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """By nearest rank."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def missed_targets(figures: Mapping[Cell, Figures]) -> list[str]:
    """Which promises of docs/judge.md these figures break."""
    return [
        f"{cell.scene} {cell.percent:g} % at {cell.traffic:g}/s: {broken}"
        for cell, found in figures.items()
        if (broken := _broken(cell, found))
    ]


def _broken(cell: Cell, found: Figures) -> str:
    if not cell.percent:
        return ""
    limit = 100 * limit_of(cell.scene)
    if cell.percent == limit and found.share > 0.01:
        return f"{found.rolled_back} of {found.runs} rolled back at the limit, at most 1 % allowed"
    if cell.percent <= limit / 2 and found.share > 0.001:
        return f"{found.rolled_back} of {found.runs} rolled back at half the limit, at most 0.1 % allowed"
    if cell.scene == "both" and cell.percent == 5 and found.within_27 < 0.95 * found.runs:
        return f"{found.within_27} of {found.runs} back within 30 s, at least 95 % wanted"
    if cell.scene == "both" and cell.percent == 100 and (found.latest or NEVER) > 10 - ROLLBACK_SECONDS:
        return f"a verdict at second {found.latest}, wanted by second {10 - ROLLBACK_SECONDS:g}"
    return ""


def as_json(figures: Mapping[Cell, Figures]) -> list[dict[str, Any]]:
    """The cells as docs/judge.json holds them."""
    return [{**asdict(cell), **asdict(figures[cell])} for cell in sorted(figures, key=_key)]


def from_json(cells: Sequence[Mapping[str, Any]]) -> dict[Cell, Figures]:
    """Read the cells back."""
    names = [each.name for each in fields(Cell)]
    return {
        Cell(**{name: cell[name] for name in names}): Figures(**{k: v for k, v in cell.items() if k not in names})
        for cell in cells
    }


def _key(cell: Cell) -> tuple[str, float, float]:
    return cell.scene, cell.percent, cell.traffic
