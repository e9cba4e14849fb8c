"""A metric over time, one value per period, and what CloudWatch's metric math does with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """The periods that are looked at: Unix times, both multiples of the period; the end is not part of it."""

    start: int
    end: int
    period_seconds: int

    @property
    def times(self) -> range:
        """The start of every period in the window."""
        return range(self.start, self.end, self.period_seconds)


@dataclass(frozen=True)
class Series:
    """The values of a metric by the start of their period. A period without a value is missing, not 0."""

    values: Mapping[int, float]

    def at(self, time: int) -> float | None:
        """The value of the period that starts at a Unix time."""
        return self.values.get(time)

    def within(self, window: Window) -> list[float | None]:
        """One entry per period of a window, oldest first, None where a value is missing."""
        return [self.at(time) for time in window.times]


Operand = Series | float
"""What an expression is made of. A number stands for itself at every period."""


def combine(left: Operand, right: Operand, compute: Callable[[float, float], float | None]) -> Operand:
    """Apply an operator to each period that at least one series has a value for.

    The other one then counts as 0, and a period for which nothing comes out (a division by zero) is dropped: both are
    the rules of the CloudWatch guide, "Metric math syntax and functions".
    """
    if isinstance(left, Series) or isinstance(right, Series):
        times = sorted({time for side in (left, right) if isinstance(side, Series) for time in side.values})
        results = {time: compute(_value(left, time), _value(right, time)) for time in times}
        return Series({time: value for time, value in results.items() if value is not None})
    result = compute(left, right)
    return float("nan") if result is None else result


def choose(condition: Operand, yes: Operand, no: Operand) -> Operand:
    """IF(condition, yes, no), period by period.

    Where the condition is missing, nothing comes out. A missing `yes` is 0, a missing `no` is dropped (the guide's
    "Using IF expressions").
    """
    if not isinstance(condition, Series):
        return yes if condition else no
    picked = {time: _value(yes, time) if truth else _existing(no, time) for time, truth in condition.values.items()}
    return Series({time: value for time, value in picked.items() if value is not None})


def fill(series: Operand, filler: Operand | None, window: Window) -> Operand:
    """FILL(series, filler): put a value where none is. No filler means REPEAT, the last value before."""
    if not isinstance(series, Series):
        return series
    filled: dict[int, float] = {}
    last: float | None = None
    for time in window.times:
        value = series.at(time)
        if value is None:
            value = last if filler is None else _existing(filler, time)
        if value is not None:
            filled[time] = last = value
    return Series(filled)


def _value(operand: Operand, time: int) -> float:
    return _existing(operand, time) or 0.0


def _existing(operand: Operand, time: int) -> float | None:
    return operand.at(time) if isinstance(operand, Series) else operand
