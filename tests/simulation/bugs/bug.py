"""A seeded bug, as data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


class StaleBugError(Exception):
    """The text that a bug replaces is not in the source any more, or not just once: look what became of it."""


@dataclass(frozen=True)
class Bug:
    """One change of one file that breaks a promise.

    Attributes:
        breaks: which promise, in one sentence.
        stands_for: the row of the review that found it, or the mechanism that it takes away.
        file: its path from the root of the repository.
        old: what is replaced by `new`; it is in the file exactly once.
        caught_by: a scenario (`story:seed:strikes`), or the pytest node of a unit test.
        says: words of the violation, or of the failed test, that it must lead to.
    """

    name: str
    breaks: str
    stands_for: str
    file: str
    old: str
    new: str
    caught_by: str
    says: str

    @property
    def by_unit_test(self) -> bool:
        """Whether a unit test catches it."""
        return self.caught_by.startswith("tests/")

    def changed(self, source: str) -> str:
        """The source with the bug in it.

        Raises:
            StaleBugError: it is not the source that the bug was made for.
        """
        if (found := source.count(self.old)) != 1:
            raise StaleBugError(f"{self.name}: {self.file} has {self.old!r} {found} times, wanted once")
        return source.replace(self.old, self.new)
