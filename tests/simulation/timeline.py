"""A value that changes at known times, so that one can ask later what it was."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Generic, TypeVar

T = TypeVar("T")


class Timeline(Generic[T]):
    """A value over virtual time. Changes are appended in the order of time."""

    def __init__(self, first: T) -> None:
        self.times = [0.0]
        self.values = [first]

    @property
    def last(self) -> T:
        """The value after the last change."""
        return self.values[-1]

    def set(self, time: float, value: T) -> None:
        """Change the value at a time; one that is before the last change counts as being at it."""
        self.times.append(max(time, self.times[-1]))
        self.values.append(value)

    def at(self, time: float) -> T:
        """The value at a time."""
        return self.values[self.index(time)]

    def index(self, time: float) -> int:
        """Which of the values it is at a time."""
        return len(self.times) - 1 if time >= self.times[-1] else max(0, bisect_right(self.times, time) - 1)

    def turns(self, since: float, until: float) -> list[float]:
        """When it changes between two times, both excluded."""
        return self.times[bisect_right(self.times, since) : bisect_left(self.times, until)]
