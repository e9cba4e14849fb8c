"""JSON text in which some values become others, and every other sign stays: order, indentation, line ends. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class _Member:
    """One member of an object: its key, and where its value begins and ends."""

    key: str
    start: int
    end: int


def with_members(text: str, path: Sequence[str], members: Mapping[str, Any]) -> str:
    """The text with these members in the object at `path`. `text` has to be JSON that says nothing twice.

    A member that is new comes last, on a line of its own where the others have one.

    Raises:
        KeyError: there is no object at `path`; the argument is the key that leads nowhere.
    """
    for key, value in members.items():
        text = _with_member(text, _object_at(text, path), key, value)
    return text


def _object_at(text: str, path: Sequence[str]) -> int:
    """Where the object begins."""
    at = _beyond_space(text, 0)
    for key in path:
        found = next((member for member in _members(text, at) if member.key == key), None)
        if found is None or text[found.start] != "{":
            raise KeyError(key)
        at = found.start
    return at


def _with_member(text: str, at: int, key: str, value: Any) -> str:
    written, found = json.dumps(value), list(_members(text, at))
    for member in found:
        if member.key == key:
            return f"{text[: member.start]}{written}{text[member.end :]}"
    new = f"{json.dumps(key)}: {written}"
    if not found:
        return f"{text[: at + 1]}{new}{text[at + 1 :]}"
    gap = text[at + 1 : _beyond_space(text, at + 1)] or " "
    return f"{text[: found[-1].end]},{gap}{new}{text[found[-1].end :]}"


def _members(text: str, at: int) -> Iterator[_Member]:
    """The members of the object that begins at `at`."""
    at = _beyond_space(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _beyond_space(text, _beyond_space(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        yield _Member(key, start, end)
        at = _beyond_space(text, end)
        if text[at] == ",":
            at = _beyond_space(text, at + 1)


def _beyond_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at
