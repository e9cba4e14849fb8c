"""The values of the preview header of all colors: which are valid, and since when. Pure.

Two values open each color, so that a rule never changes its shape: the current one, and the one before. An old value
that must not open anything any more is replaced by one that nobody was told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from live_traffic.running_switch import LATEST_SECONDS
from traffic_switch.contract import previous_name

OVERLAP_SECONDS = 1800.0
"""How long an old value stays valid at least. A function of the switch reads the value whenever it asks, and none may
run for more than 900 s (Lambda quotas, function timeout), so that none can hold one that is older.
"""
DAY_SECONDS = 86400.0
ROTATED, OLD_UNTIL = "rotated_at", "old_until"
"""Further keys of the JSON object, in Unix seconds; no name of a value is like them."""

Fresh = Callable[[str], str]
"""Makes a value that nobody knows, for a name."""


@dataclass(frozen=True)
class Pair:
    """What opens one color. `previous` is the value before, or one that nobody was told."""

    current: str = field(repr=False)
    previous: str = field(repr=False)


@dataclass(frozen=True)
class Keyring:
    """The values of all colors by name. Times are Unix seconds, 0 for never; see `rotated` and `retired`."""

    pairs: Mapping[str, Pair] = field(default_factory=dict)
    rotated_at: float = 0.0
    old_until: float = 0.0

    @property
    def opening(self) -> Mapping[str, tuple[str, ...]]:
        """The values that each rule has to accept."""
        return {name: (pair.current, pair.previous) for name, pair in self.pairs.items()}

    def is_overlapping(self, now: float) -> bool:
        """Whether a function may still hold an old value."""
        return now < self.old_until

    def is_due(self, now: float, days: int) -> bool:
        """Whether the values are older than they may get; 0 days are for ever."""
        return bool(days) and now - self.rotated_at >= days * DAY_SECONDS


def read(text: str) -> Keyring:
    """Read what `written` wrote. What cannot be right is left out, and so made anew by `completed`."""
    try:
        raw = json.loads(text)
        times = _time(raw[ROTATED]), _time(raw[OLD_UNTIL])
    except (ValueError, TypeError, KeyError, OverflowError):
        return Keyring()
    names = [name for name in raw if previous_name(name) in raw]
    found = {name: Pair(raw[name], raw[previous_name(name)]) for name in names}
    return Keyring({name: pair for name, pair in found.items() if _is_whole(name, pair)}, *times)


def written(ring: Keyring) -> str:
    """The JSON object, flat and of texts: a dynamic reference names one key of it."""
    values = {name: pair.current for name, pair in ring.pairs.items()}
    olds = {previous_name(name): pair.previous for name, pair in ring.pairs.items()}
    return json.dumps({**values, **olds, ROTATED: str(int(ring.rotated_at)), OLD_UNTIL: str(int(ring.old_until))})


def completed(ring: Keyring, names: Collection[str], fresh: Fresh, now: float) -> Keyring:
    """Give a pair to each name that has none. Names that are not asked for any more keep theirs: CloudFormation may
    go back to a template that refers to them.
    """
    missing = {name: Pair(fresh(name), fresh(name)) for name in names if name not in ring.pairs}
    if not missing:
        return ring
    return replace(ring, pairs={**ring.pairs, **missing}, rotated_at=ring.rotated_at or float(int(now)))


def rotated(ring: Keyring, fresh: Fresh, now: float) -> Keyring:
    """Make new values current; those that were stay valid beside them for a while."""
    pairs = {name: Pair(fresh(name), pair.current) for name, pair in ring.pairs.items()}
    return Keyring(pairs, float(int(now)), float(int(now + OVERLAP_SECONDS)))


def retired(ring: Keyring, fresh: Fresh, now: float) -> Keyring:
    """End the validity of old values whose time is over."""
    if not ring.old_until or ring.is_overlapping(now):
        return ring
    return replace(ring, pairs={name: Pair(p.current, fresh(name)) for name, p in ring.pairs.items()}, old_until=0.0)


def name_in(value: str) -> str:
    """The name that a value begins with."""
    return value.rpartition("-")[0]


def _time(raw: Any) -> float:
    """A time that has a date: with another one nothing would ever be rotated, or written, again."""
    if not 0 <= (seconds := float(raw)) <= LATEST_SECONDS:
        raise ValueError(f"{raw} is no time")
    return seconds


def _is_whole(name: str, pair: Pair) -> bool:
    """Whether both are values as we make them: anything else, such as a wildcard, would open a rule to everybody."""
    return all(
        isinstance(each, str) and re.fullmatch(rf"{re.escape(name)}-[0-9a-f]{{48}}", each)
        for each in vars(pair).values()
    )
