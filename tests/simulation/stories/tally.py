"""What a run of many scenarios has shown: by story, and everything that was broken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rich.table import Table

from tests.simulation.stories.scenario import Result, Scenario

SHOWN = 5
"""Scenarios that are named for one violation; all of them are counted."""


@dataclass
class Row:
    """One story. `met` counts the scenarios whose strikes really struck."""

    scenarios: int = 0
    strikes: int = 0
    met: int = 0
    calls: int = 0
    worst_recovery_seconds: float = 0.0
    worst: str = ""


@dataclass
class Tally:
    """All stories, and every violation with the scenarios that show it."""

    rows: dict[str, Row] = field(default_factory=dict)
    broken: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[str]] = field(default_factory=dict)

    def add(self, scenario: Scenario, result: Result) -> None:
        """Count one scenario."""
        row = self.rows.setdefault(scenario.story.name, Row())
        row.scenarios += 1
        row.strikes += len(scenario.strikes)
        row.met += result.met
        row.calls += result.call_count
        if result.recovery_seconds > row.worst_recovery_seconds:
            row.worst_recovery_seconds, row.worst = result.recovery_seconds, str(scenario)
        for violation in result.violations:
            self.broken[violation] += 1
            known = self.shown.setdefault(violation, [])
            known += [str(scenario)] if len(known) < SHOWN else []

    @property
    def scenarios(self) -> int:
        """How many were tried."""
        return sum(row.scenarios for row in self.rows.values())

    def table(self) -> Table:
        """By story: how many scenarios, how many calls, what struck, and how long it took until all was at rest."""
        table = Table(box=None, pad_edge=False)
        for heading in ("story", "scenarios", "strikes", "all struck", "calls", "worst recovery"):
            table.add_column(heading, justify="left" if heading == "story" else "right")
        for name, row in sorted(self.rows.items()):
            figures = (row.scenarios, row.strikes, row.met, row.calls)
            table.add_row(name, *(f"{figure:,}" for figure in figures), f"{row.worst_recovery_seconds:,.0f} s")
        return table
