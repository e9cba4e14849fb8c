"""Why a call's parameters were refused, in the words of boto3 or of AWS."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidator

from tests.simulation.errors import AwsError
from tests.simulation.operations import Operation
from tests.simulation.validation import Checks

JSON_SERVICES = {"dynamodb", "stepfunctions", "secretsmanager", "ecr", "ecs", "ssm", "lambda"}


def refusal(operation: Operation, params: Any) -> Exception:
    """Why parameters that a check has refused are wrong: boto3's own error, else what AWS would say."""
    shape: Any = operation.model.input_shape
    report = ParamValidator().validate(params, shape)
    if report.has_errors():
        return ParamValidationError(report=report.generate_report())
    code = "ValidationException" if operation.service in JSON_SERVICES else "ValidationError"
    what = _beyond(params, shape, "") or "a parameter is out of bounds"
    return AwsError(code, f"1 validation error detected: {what}")


def _beyond(value: Any, shape: Any, path: str) -> str:
    """The first constraint that botocore does not check and that a value does not keep, as AWS words it."""
    kind = shape.type_name
    if kind == "structure":
        parts = [(value[name], member, f"{path}.{name}") for name, member in shape.members.items() if name in value]
    elif kind == "list":
        parts = [(item, shape.member, f"{path}.{n + 1}.member") for n, item in enumerate(value)]
    elif kind == "map":
        parts = [(item, shape.value, f"{path}.{key}") for key, item in value.items()]
    else:
        return _said(value, shape, path)
    found = (_beyond(*part) for part in parts)
    return next((said for said in found if said), "") or _said_of_size(value, shape, path)


def _said_of_size(value: Any, shape: Any, path: str) -> str:
    limit = shape.metadata.get("max")
    if limit is None or len(value) <= limit:
        return ""
    return f"Value at '{path[1:]}' failed to satisfy constraint: Member must have length less than or equal to {limit}"


def _said(value: Any, shape: Any, path: str) -> str:
    if Checks().of(shape)(value):
        return ""
    limit, pattern = shape.metadata.get("max"), shape.metadata.get("pattern")
    says = f"Value '{value}' at '{path[1:]}' failed to satisfy constraint: Member must "
    if shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        return f"{says}satisfy enum value set: [{', '.join(shape.enum)}]"
    if limit is not None and (len(value) if isinstance(value, str) else value) > limit:
        what = "have length" if isinstance(value, str) else "have value"
        return f"{says}{what} less than or equal to {limit}"
    return f"{says}satisfy regular expression pattern: {pattern}"
