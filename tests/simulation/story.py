"""The trace as a story that a person can follow: one line for each event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tests.simulation.functions import Invocation
from tests.simulation.kernel import Kernel

WIDTH = 150
QUIET = {"ResponseMetadata", "TableName", "ClientRequestToken", "ExpressionAttributeNames", "ConsistentRead"}


def told(kernel: Kernel) -> str:
    """The whole trace."""
    return "\n".join(lines(kernel.trace))


def lines(trace: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Time, who, what, and what came of it."""
    for time, actor, call, details in trace:
        said = " → ".join(_said(detail) for detail in details)
        text = f"{time:9.3f}  {actor:<14} {call}  {said}"
        yield text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def _said(detail: Any) -> str:
    if isinstance(detail, Exception):
        return f"refused: {detail}"
    if isinstance(detail, Invocation):
        return f"{detail.error}: {detail.cause}" if detail.error else _short(detail.result)
    return _short(detail)


def _short(value: Any) -> str:
    """Without quotes and without what says nothing; DynamoDB's typed values as their values."""
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in {"S", "N", "BOOL", "M", "L"}:
            return _short(next(iter(value.values())))
        return "{" + ", ".join(f"{k}: {_short(v)}" for k, v in value.items() if k not in QUIET) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_short, value)) + "]"
    text = str(value)
    return text.rpartition(":")[2] if text.startswith("arn:") else text
