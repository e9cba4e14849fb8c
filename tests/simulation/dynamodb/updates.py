"""Update expressions: SET, REMOVE, ADD and DELETE, applied to an item as one change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from tests.simulation.copies import copied
from tests.simulation.dynamodb.language import Path, Scope, Words, look_up, resolved
from tests.simulation.dynamodb.operands import container, number_in, put, refuse_overlaps, value_of
from tests.simulation.dynamodb.values import Item, number, stored, written
from tests.simulation.errors import invalid

CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")
NOT_THERE = "The provided expression refers to an attribute that does not exist in the item"

Change: TypeAlias = Callable[[Item, Item, Scope], None]
"""Changes the second item, reading from the first: every right side sees the item as it was."""


@dataclass(frozen=True)
class Update:
    """One expression: its changes, the paths that they write, and the aliases and placeholders that it uses."""

    changes: tuple[Change, ...]
    paths: tuple[Path, ...]
    aliases: frozenset[str]
    placeholders: frozenset[str]

    def touched(self, scope: Scope) -> tuple[str, ...]:
        """The attributes that it writes."""
        return tuple(dict.fromkeys(str(resolved(path, scope)[0]) for path in self.paths))

    def applied(self, item: Item, scope: Scope) -> Item:
        """A new item; the old one is left as it is.

        Raises:
            AwsError: a path leads nowhere, or two of them into each other.
        """
        refuse_overlaps([resolved(path, scope) for path in self.paths])
        nested = any(len(path) > 1 for path in self.paths)
        changed = copied(item) if nested else dict(item)
        for change in self.changes:
            change(item, changed, scope)
        return changed


@lru_cache(maxsize=1024)
def update(text: str) -> Update:
    """Read an update expression.

    Raises:
        AwsError: it is none.
    """
    words = Words.of("UpdateExpression", text)
    changes: list[Change] = []
    paths: list[Path] = []
    seen: set[str] = set()
    while words.next:
        clause = words.need(*CLAUSES)
        if clause in seen:
            raise invalid(f'Invalid UpdateExpression: The "{clause}" section can only be used once')
        seen.add(clause)
        read = {"SET": _set, "REMOVE": _remove, "ADD": _add, "DELETE": _delete}[clause]
        for path, change in _listed(words, read):
            paths.append(path)
            changes.append(change)
    return Update(tuple(changes), tuple(paths), frozenset(words.aliases), frozenset(words.placeholders))


def _listed(words: Words, read: Callable[[Words], tuple[Path, Change]]) -> Iterable[tuple[Path, Change]]:
    yield read(words)
    while words.take(","):
        yield read(words)


def _set(words: Words) -> tuple[Path, Change]:
    path = words.path()
    words.need("=")
    value = value_of(words)

    def change(old: Item, new: Item, scope: Scope) -> None:
        result = value(old, scope)
        if result is None:
            raise invalid(NOT_THERE)
        put(new, resolved(path, scope), stored(result))

    return path, change


def _remove(words: Words) -> tuple[Path, Change]:
    path = words.path()

    def change(_: Item, new: Item, scope: Scope) -> None:
        way = resolved(path, scope)
        parent = container(new, way)
        if isinstance(parent, list) and isinstance(way[-1], int):
            del parent[way[-1] : way[-1] + 1]
        elif isinstance(parent, dict):
            parent.pop(str(way[-1]), None)

    return path, change


def _add(words: Words) -> tuple[Path, Change]:
    path = words.path()
    name = words.placeholder()

    def change(old: Item, new: Item, scope: Scope) -> None:
        now, more = look_up(old, path, scope), scope.values[name]
        ((kind, content),) = more.items()
        if kind == "N":
            total = number(content) + (number_in(now) if now else 0)
            put(new, resolved(path, scope), {"N": written(str(total))})
        else:
            kept = now.get(kind, []) if now else []
            put(new, resolved(path, scope), {kind: list(dict.fromkeys([*kept, *content]))})

    return path, change


def _delete(words: Words) -> tuple[Path, Change]:
    path = words.path()
    name = words.placeholder()

    def change(old: Item, new: Item, scope: Scope) -> None:
        now = look_up(old, path, scope) or {}
        ((kind, content),) = scope.values[name].items()
        left = [member for member in now.get(kind, []) if member not in content]
        way = resolved(path, scope)
        if left:
            put(new, way, {kind: left})
        else:
            new.pop(str(way[0]), None)

    return path, change
