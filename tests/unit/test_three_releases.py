"""A model of how a name changes in three releases, as services/shop/README.md has it: no order of writes loses one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import pytest

Item = dict[str, int]
WRITES = 2


@dataclass(frozen=True)
class Version:
    """The names that a version writes, and those that it reads: the first of them that is there."""

    writes: tuple[str, ...]
    reads: tuple[str, ...]

    def write(self, item: Item, value: int) -> None:
        item.update(dict.fromkeys(self.writes, value))

    def read(self, item: Item) -> int:
        return next((item[name] for name in self.reads if name in item), -1)


BEFORE = Version(("old",), ("old",))
FIRST = Version(("old", "new"), ("old",))
SECOND = Version(("old", "new"), ("new",))
THIRD = Version(("new",), ("new",))
HASTY = Version(("old", "new"), ("new", "old"))
"""It reads the new name at once, or else the old one."""


def fill_in(item: Item) -> None:
    """Give the new name what the old one has, also where it has something else."""
    item["new"] = item["old"]


def lost(versions: Sequence[Version], filled_before: Version | None = None) -> Iterator[str]:
    """Each two adjacent versions write in every order: while one is released, and while it is undone."""
    steps = list(pairwise(versions))
    for orders in product(product((0, 1), repeat=WRITES), repeat=len(steps)):
        item, value = {"old": 0}, 0
        for pair, order in zip(steps, orders, strict=True):
            if pair[1] is filled_before:
                fill_in(item)
            yield from _misread(pair, item, value)
            for writer in order:
                value += 1
                pair[writer].write(item, value)
                yield from _misread(pair, item, value)


def _misread(pair: Sequence[Version], item: Item, value: int) -> Iterator[str]:
    yield from (f"{version} of {item}, wanted {value}" for version in pair if version.read(item) != value)


def test_three_releases_lose_nothing_whichever_version_writes_and_whichever_is_undone() -> None:
    assert list(lost((BEFORE, FIRST, SECOND, THIRD), filled_before=SECOND)) == []


@pytest.mark.parametrize(
    ("versions", "filled_before"),
    [
        ((BEFORE, HASTY, SECOND, THIRD), SECOND),
        ((BEFORE, FIRST, SECOND, THIRD), None),
        ((BEFORE, FIRST, THIRD), THIRD),
        ((BEFORE, SECOND, THIRD), SECOND),
    ],
)
def test_with_another_order_of_the_steps_some_are_lost(
    versions: Sequence[Version], filled_before: Version | None
) -> None:
    assert any(lost(versions, filled_before))
