"""Reference paths of JSONPath states: a path that leads nowhere fails the state, as on AWS, and never gives null."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ministack.services import stepfunctions

from greenlight.rehearsal.cloud.stepfunctions.errors import PATH_CONFLICT, StateError
from greenlight.rehearsal.cloud.stepfunctions.history import encoded
from greenlight.rehearsal.cloud.stepfunctions.scope import Scope

REQUIRED = ("_resolve_path", "_parse_jsonpath_tokens", "_evaluate_intrinsic", "_evaluate_rule")
"""The names of ministack's stepfunctions module that this module uses or replaces."""

_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_VARIABLES: ContextVar[Mapping[str, Any] | None] = ContextVar("variables", default=None)


class NoSuchPathError(Exception):
    """A path leads nowhere in this data."""

    def __init__(self, path: str, data: Any) -> None:
        super().__init__(path)
        self.path = path
        self.data = data


def install() -> None:
    """Resolve every path of our walk so. What ministack walks alone stays as lenient as it is."""
    lenient = stepfunctions._resolve_path

    def resolve_path(path: str, data: Any) -> Any:
        return lenient(path, data) if _VARIABLES.get() is None else resolve(path, data)

    stepfunctions._resolve_path = resolve_path


@contextmanager
def variables_of(scope: Scope) -> Iterator[None]:
    """Let paths that are resolved within begin with a variable, as in `$name.field`."""
    token = _VARIABLES.set(scope.variables)
    try:
        yield
    finally:
        _VARIABLES.reset(token)


def find(path: str, data: Any, scope: Scope) -> Any:
    """What a path leads to: in the data, in the context object ($$), or in a variable.

    Raises:
        NoSuchPathError: nowhere.
    """
    with variables_of(scope):
        return resolve(path[1:], scope.context) if path.startswith("$$") else resolve(path, data)


def resolve(path: str, data: Any) -> Any:
    """In place of ministack's lenient walk.

    Raises:
        NoSuchPathError: the path leads nowhere, or is none.
    """
    variable = _VARIABLE.match(path or "$")
    known = _VARIABLES.get() or {}
    start, rest = (known.get(variable[1], KeyError), "$" + path[variable.end() :]) if variable else (data, path or "$")
    tokens = stepfunctions._parse_jsonpath_tokens(rest)
    if start is KeyError or tokens is None:
        raise NoSuchPathError(path, data)
    values = _walk(tokens, [start])
    if any(kind == "wildcard" for kind, _ in tokens):
        return values
    if not values:
        raise NoSuchPathError(path, data)
    return values[0]


def placed(result: Any, path: str | None, data: Any) -> Any:
    """What ResultPath makes of a result and the data: null keeps the data, `$` the result.

    Raises:
        StateError: the path leads through something that has no members.
    """
    if path is None:
        return data
    steps = [key for _, key in stepfunctions._parse_jsonpath_tokens(path) or []]
    if not steps:
        return result
    whole = place = copy.deepcopy({} if data is None else data)
    for at, step in enumerate(steps):
        if not _has_room(place, step):
            raise StateError(PATH_CONFLICT, f"Unable to apply ReferencePath {path} to input {encoded(data)}")
        if at == len(steps) - 1:
            place[step] = result
        elif isinstance(place, dict):
            place = place.setdefault(step, {})
        else:
            place = place[step]
    return whole


def missing_step(path: str, data: Any) -> str:
    """The first step of a path that leads nowhere."""
    values = [data]
    for kind, key in stepfunctions._parse_jsonpath_tokens(path) or []:
        values = [found for value in values for found in _step(kind, key, value)]
        if not values:
            return str(key)
    return path


def _has_room(place: Any, step: Any) -> bool:
    return isinstance(place, dict) or (isinstance(place, list) and isinstance(step, int) and step < len(place))


def _walk(tokens: list[tuple[str, Any]], values: list[Any]) -> list[Any]:
    for kind, key in tokens:
        values = [found for value in values for found in _step(kind, key, value)]
    return values


def _step(kind: str, key: Any, value: Any) -> list[Any]:
    if kind == "wildcard":
        return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else []
    if isinstance(value, dict):
        return [value[key]] if key in value else []
    return [value[key]] if isinstance(value, list) and kind == "index" and key < len(value) else []
