"""From figures to places on a plot, and the round figures that label an axis."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Linear:
    """A scale on which equal distances are equal differences; it begins at 0."""

    largest: float
    start: float
    end: float
    """Where 0 and the largest figure are, in the plot's units."""

    def __call__(self, value: float) -> float:
        """Return the place of a figure."""
        return self.start + (self.end - self.start) * value / self.largest

    def ticks(self, about: int) -> list[float]:
        """Return round figures from 0 on, about so many intervals of them."""
        step = round_up(self.largest / about * (1 - 1e-9))
        return [step * number for number in range(floor(self.largest / step + 1e-9) + 1)]


@dataclass(frozen=True)
class Logarithmic:
    """A scale on which equal distances are equal factors: 2 ms and 2 s are both readable."""

    smallest: float
    largest: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a figure; what is too small to show lies on the edge."""
        share = log10(max(value, self.smallest) / self.smallest) / log10(self.largest / self.smallest)
        return self.start + (self.end - self.start) * share

    def ticks(self) -> list[float]:
        """Return the powers of ten on the scale."""
        first, last = ceil(log10(self.smallest) - 1e-9), floor(log10(self.largest) + 1e-9)
        return [10.0**power for power in range(first, last + 1)]


def round_up(value: float) -> float:
    """Return the smallest of 1, 2, 2.5 or 5 times a power of ten that is not below the value."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(value))
    return next(step * unit for step in _STEPS if step * unit >= value * (1 - 1e-9))


def axis_end(largest: float, about: int) -> float:
    """Return where an axis ends that shows this figure with about so many intervals: on a round figure."""
    step = round_up(largest / about)
    return step * ceil(largest / step - 1e-9)


def decade_above(value: float) -> float:
    """Return the smallest power of ten that is not below the value."""
    return 10.0 ** ceil(log10(value) - 1e-9)
