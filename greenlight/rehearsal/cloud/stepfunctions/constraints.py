"""What every request must satisfy: the sizes and words of the service's own model, and the shape of its ARNs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import Shape

Refusal = tuple[str, str]
"""A code and a message."""

_ARNS = {"executionArn": "execution", "stateMachineArn": "stateMachine"}
_STATUS_FILTER = "[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]"
"""AWS names the statuses in this order (localstack, test_sfn_api.snapshot.json), and nobody knows why."""


def refusal(action: str, data: Mapping[str, Any]) -> Refusal | None:
    """The reason to refuse a request before it is looked at, or None."""
    violations = list(_violations(action, data))
    if violations:
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
        return "ValidationException", f"{count}: {'; '.join(violations)}"
    for name, kind in _ARNS.items():
        problem = _arn_problem(str(data[name]), kind) if name in data else None
        if problem:
            return "InvalidArn", f"Invalid Arn: '{problem}'"
    return None


def _arn_problem(arn: str, kind: str) -> str | None:
    if not arn.startswith("arn:"):
        return f"Invalid ARN prefix: {arn}"
    parts = arn.split(":")
    if len(parts) < 7:
        return (
            f"ARN is not long enough: {arn}"
            if len(parts) < 6
            else f"Resource type not valid in this context: {parts[5]}"
        )
    return None if parts[5] == kind else f"Resource type not valid in this context: {parts[5]}"


def _violations(action: str, data: Mapping[str, Any]) -> Iterator[str]:
    model = _model()
    if action not in model.operation_names:
        return
    shape = model.operation_model(action).input_shape
    for name, member in (shape.members if shape else {}).items():
        if data.get(name) is not None:
            constraint = _broken(name, data[name], member)
            if constraint:
                value = "" if member.metadata.get("sensitive") else f" '{data[name]}'"
                yield f"Value{value} at '{name}' failed to satisfy constraint: Member must {constraint}"


def _broken(name: str, value: Any, shape: Shape) -> str | None:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name == "integer" and isinstance(value, int):
        if most is not None and value > most:
            return f"have value less than or equal to {most}"
        return f"have value greater than or equal to {least}" if least is not None and value < least else None
    if shape.type_name != "string" or not isinstance(value, str):
        return None
    words = getattr(shape, "enum", None)
    if words and value not in words:
        return f"satisfy enum value set: {_STATUS_FILTER if name == 'statusFilter' else '[' + ', '.join(words) + ']'}"
    size = len(value.encode()) if shape.metadata.get("sensitive") else len(value)
    return f"have length less than or equal to {most}" if most is not None and size > most else None


@cache
def _model() -> Any:
    return botocore.session.Session().get_service_model("stepfunctions")
