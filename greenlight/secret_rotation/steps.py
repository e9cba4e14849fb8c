"""The steps of a rotation, and when each may be taken. Pure: no AWS, no clock (decision 0046)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from traffic_switch.contract import Color

from greenlight.wording import iso

SEPARATOR = ","
HOUR_SECONDS = 3600.0
PREFIX = "greenlight-"
DIGITS = 32


class Step(StrEnum):
    """What was done to a value, as its version's id tells."""

    APPENDED = "appended"
    FIRST = "first"
    DROPPED = "dropped"


FOLLOWING: Mapping[Step | None, Step] = {
    None: Step.APPENDED,
    Step.APPENDED: Step.FIRST,
    Step.FIRST: Step.DROPPED,
    Step.DROPPED: Step.APPENDED,
}
VALUES: Mapping[Step | None, int] = {None: 1, Step.APPENDED: 2, Step.FIRST: 2, Step.DROPPED: 1}
"""How many values there are after a step; one that Secrets Manager made is alone."""

DOING: Mapping[Step, str] = {
    Step.APPENDED: "append a new value, which both colors then accept and neither signs with",
    Step.FIRST: "put the new value first, so that it signs; the old one is still accepted",
    Step.DROPPED: "drop the old value; what it alone signed is refused from then on",
}


@dataclass(frozen=True)
class Value:
    """The value that containers are given now. It is never shown: `text` is no part of how this object is written.

    Attributes:
        version: of Secrets Manager.
        written_at: Unix seconds.
    """

    version: str
    written_at: float
    text: str = field(repr=False)

    @property
    def step(self) -> Step | None:
        """The step that led to it; None for a value that no rotation wrote."""
        named = self.version.removeprefix(PREFIX).rpartition("-")[0]
        return Step(named) if self.version.startswith(PREFIX) and named in set(Step) else None

    @property
    def values(self) -> int:
        """How many there are."""
        return self.text.count(SEPARATOR) + 1

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody wrote it otherwise: nobody can tell which step it is then."""
        return self.values != VALUES[self.step]

    def then(self, step: Step, fresh: str) -> str:
        """The text after a step. `fresh` is a new value."""
        if step is Step.APPENDED:
            return f"{self.text}{SEPARATOR}{fresh}"
        old, new = self.text.split(SEPARATOR)
        return f"{new}{SEPARATOR}{old}" if step is Step.FIRST else old

    def id_after(self, step: Step) -> str:
        """The id of the version after a step. It follows from this one: the same step cannot be taken twice at once."""
        return f"{PREFIX}{step}-{hashlib.sha256(self.version.encode()).hexdigest()[:DIGITS]}"


@dataclass(frozen=True)
class Created:
    """A color, and the time that its containers were certainly not created before; None when it has none."""

    color: Color
    version: str
    not_before: float | None

    def knows(self, value: Value) -> bool:
        """Whether its containers were given the value: they read it once, when they are created."""
        return self.not_before is None or self.not_before > value.written_at


@dataclass(frozen=True)
class Next:
    """What comes next. `why_not` says what has to happen before, and is empty when the step may be taken."""

    step: Step
    why_not: str = ""


def next_step(value: Value, colors: Mapping[Color, Created], now: float, overlap_hours: float) -> Next:
    """Say which step is next, and why it may not be taken yet, if so."""
    step = FOLLOWING[value.step]
    if value.is_by_hand:
        return Next(step, f"there are {value.values} values, which no step of this command leaves: {_BY_HAND}")
    behind = [each for each in colors.values() if not each.knows(value)]
    if behind:
        return Next(step, f"{' and '.join(map(_said, behind))}: {_RENEW}")
    known_since = max([value.written_at, *(each.not_before or 0.0 for each in colors.values())])
    until = known_since + overlap_hours * HOUR_SECONDS
    if step is Step.DROPPED and now < until:
        return Next(step, f"sessions that the old value signed may live until {iso(until)}; do it after that")
    return Next(step)


_BY_HAND = 'finish it by hand ("The secrets of a service" in docs/operations.md)'
_RENEW = "release to each such color, one after the other, a version that it never ran"


def _said(created: Created) -> str:
    return f"{created.color} {created.version} may have been created before the last step"
