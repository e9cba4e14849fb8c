"""What a check of the pipeline may pass over: which finding, of what, until when, and why. Pure but for the file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from greenlight.errors import ProjectError

FILE = Path("delivery/waivers.toml")
KEYS = {"id": str, "of": str, "until": date, "reason": str}
LONGEST_DAYS = 180
NO_LOCK = "no-lock"
"""The finding that a folder has no lock, so that nobody knows what it installs."""
LEAK = "leak"
"""The finding that an image has something in it that looks like a secret."""


@dataclass(frozen=True)
class Waiver:
    """A finding that somebody accepted for a while; `of` is the name of a package, a folder, or a place in an image."""

    id: str
    of: str
    until: date
    reason: str

    def covers(self, finding: str, of: str, today: date) -> bool:
        """Whether it is about this finding, and its time is not over."""
        return (self.id, self.of) == (finding, of) and today <= self.until


def read_waivers(file: Path, today: date) -> list[Waiver]:
    """The waivers of a project; none without the file.

    Raises:
        ProjectError: the file cannot be read, or a waiver has no reason, or an end that is too far away.
    """
    try:
        entries = tomllib.loads(file.read_text()).get("waiver", []) if file.is_file() else []
        if not isinstance(entries, list):
            raise ValueError("got one [waiver]")
        return [_waiver(each, today) for each in entries]
    except (OSError, ValueError) as error:
        raise ProjectError(
            f"{file}: {error}; allowed: [[waiver]] with id, of, until (a date, at most {LONGEST_DAYS} days from today)"
            " and reason"
        ) from error


def _waiver(entry: Any, today: date) -> Waiver:
    if not isinstance(entry, dict):
        raise ValueError(f"got {entry!r}")
    wrong = [name for name, kind in KEYS.items() if type(entry.get(name)) is not kind or not entry[name]]
    if wrong or set(entry) - set(KEYS):
        raise ValueError(f"got {entry!r}")
    if (entry["until"] - today).days > LONGEST_DAYS:
        raise ValueError(f"got until {entry['until']} for {entry['id']}")
    return Waiver(**entry)
