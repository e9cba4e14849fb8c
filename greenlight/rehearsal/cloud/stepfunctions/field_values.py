"""What the fields of a state may hold: numbers in their range, paths that are some, words of a list.

The words are those measured on AWS by badmintoncryer/cdk-preflight, rules/stepfunctions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_MOST = 99_999_999
_RANGES = {
    "TimeoutSeconds": (1, _MOST),
    "HeartbeatSeconds": (1, _MOST),
    "Seconds": (0, _MOST),
    "MaxConcurrency": (0, None),
    "ToleratedFailurePercentage": (0, 100),
}
_RETRY_RANGES = {"MaxAttempts": (0, _MOST), "BackoffRate": (1.0, None), "MaxDelaySeconds": (1, 31_622_400)}
_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.]\d+)?Z")
_NO_REFERENCE = re.compile(r"[*?@]|[.][.]")

Found = tuple[str, str]


def value_problems(state: Mapping[str, Any]) -> Iterator[Found]:
    """What the values of a state break, and where in the state."""
    for name, (least, most) in _RANGES.items():
        yield from _in_range(state.get(name), least, most, f"/{name}")
    for at, retrier in enumerate(state.get("Retry") or []):
        for name, (lowest, highest) in _RETRY_RANGES.items():
            yield from _in_range(retrier.get(name), lowest, highest, f"/Retry[{at}]/{name}")
        if retrier.get("JitterStrategy", "NONE") not in ("NONE", "FULL"):
            yield "Value should be one of the following: [NONE, FULL]", f"/Retry[{at}]/JitterStrategy"
    if not _is_expression(state.get("Timestamp")) and not _TIMESTAMP.fullmatch(str(state.get("Timestamp"))):
        yield "String does not match RFC3339 timestamp", "/Timestamp"
    yield from _paths(state)
    for name in _TEMPLATES:
        yield from _template(state.get(name), f"/{name}")


def _in_range(value: Any, least: float, most: float | None, place: str) -> Iterator[Found]:
    if isinstance(value, str) and not _is_expression(value):
        yield "Expected value of type Integer", place
    if isinstance(value, (int, float)) and value < least:
        yield f"Minimum value is {least}", place
    if isinstance(value, (int, float)) and most is not None and value > most:
        yield f"Maximum value is {most}", place


def _paths(state: Mapping[str, Any]) -> Iterator[Found]:
    for name, path in state.items():
        if not name.endswith("Path") or not isinstance(path, str):
            continue
        if not path.startswith("$") and not (name in ("ErrorPath", "CausePath") and path.startswith("States.")):
            yield "Value must be a valid JSONPath.", f"/{name}"
        elif name in ("ResultPath", "ItemsPath") and _NO_REFERENCE.search(path):
            yield "Value is not a Reference Path", f"/{name}"


def _template(template: Any, place: str) -> Iterator[Found]:
    if isinstance(template, list):
        for item in template:
            yield from _template(item, place)
    for name, value in template.items() if isinstance(template, Mapping) else ():
        if not name.endswith(".$"):
            yield from _template(value, place)
        elif not isinstance(value, str) or not value.startswith(("$", "States.")):
            what = "must be a valid JSONPath or a valid intrinsic function call"
            yield f"The value for the field '{name}' {what}", place


def _is_expression(value: Any) -> bool:
    return value is None or str(value).startswith("{%")
