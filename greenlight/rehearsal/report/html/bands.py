"""The phases of a switch as vertical bands of a plot, with labels that never cover each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from greenlight.rehearsal.report.result import Phase

CHARACTER = 6.6
"""Width of a label's character, in the plot's units: an upper estimate for the font that is used."""

GAP = 10.0


@dataclass(frozen=True)
class Band:
    """One phase, in seconds of the plot's time."""

    name: str
    starts: float
    ends: float
    detail: str = ""

    @property
    def seconds(self) -> float:
        """How long the phase took."""
        return self.ends - self.starts


@dataclass(frozen=True)
class Label:
    """Where a band's name is written: from x on, in a row counted from the top."""

    band: Band
    x: float
    row: int

    @property
    def ends(self) -> float:
        """Where its text ends."""
        return self.x + len(self.band.name) * CHARACTER


def bands(phases: Iterable[Phase], starts_at: float, seconds: float) -> list[Band]:
    """Return the phases that touch the plot; each lasts until the next begins. Repeats of a phase are one band."""
    found: list[Band] = []
    for phase in sorted(phases, key=lambda phase: phase.at):
        begins = min(max(phase.at - starts_at, 0.0), seconds)
        if found and found[-1].name == phase.name:
            continue
        if found:
            found[-1] = replace(found[-1], ends=begins)
        found.append(Band(phase.name, begins, seconds, phase.detail))
    return [band for band in found if band.starts < seconds and (band.ends > 0 or band is found[-1])]


def labels(found: Sequence[Band], left: float, width: float, seconds: float) -> list[Label]:
    """Put each name into the top row if that is free there, else one row below the name before it.

    A name's line runs down from its own row and later names begin to its right, so no line crosses a name.
    """
    placed: list[Label] = []
    for band in found:
        x = min(left + width * band.starts / seconds + 4, left + width - len(band.name) * CHARACTER)
        free = all(label.ends + GAP <= x for label in placed)
        placed.append(Label(band, x, 0 if free else placed[-1].row + 1))
    return placed
