"""Which items and attributes a DynamoDB request is about, for policies that name them.

DynamoDB guide, "Using IAM policy conditions for fine-grained access control": `dynamodb:LeadingKeys` are the partition
keys, `dynamodb:Attributes` the top-level attributes that a request names, `dynamodb:ReturnValues` what it gives back.
ministack knows the attributes of projections alone, and checks every part of a transaction as if it were the whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb

from greenlight.rehearsal.cloud.requirement import require

Request = Mapping[str, Any]
Context = dict[str, Any]

_EXPRESSIONS = ("UpdateExpression", "ConditionExpression", "ProjectionExpression", "FilterExpression")
_NAME = re.compile(r"(?<![\w:#.])#?[A-Za-z_]\w*\b(?!\s*\()")
"""A name or its placeholder; not a value's, not a function's, not the inside of a document path."""
_WORDS = frozenset(("SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"))


class Part(str):
    """The table of one part of a transaction, with what that part alone is about."""

    context: Context

    @classmethod
    def of(cls, table_arn: str, context: Context) -> Part:
        """The ARN, with the conditions' values beside it."""
        part = cls(table_arn)
        part.context = context
        return part


def install() -> None:
    """Let conditions on items be evaluated. Raises RequirementError for another ministack."""
    require(iam_actions, "dynamodb_service_context", "dynamodb_transaction_checks")
    require(iam_evaluator, "enforce")
    require(dynamodb, "_tables")
    iam_actions.dynamodb_service_context = _of_whole(iam_actions.dynamodb_service_context)
    iam_actions.dynamodb_transaction_checks = _of_parts(iam_actions.dynamodb_transaction_checks)
    iam_evaluator.enforce = _with_parts(iam_evaluator.enforce)


def context_of(request: Request, partition_key: str) -> Context:
    """What conditions can ask of a request, or of a part of a transaction, that names one item."""
    found: Context = {}
    item = request.get("Key") or request.get("Item") or {}
    if partition_key in item:
        found["dynamodb:LeadingKeys"] = [str(value) for value in item[partition_key].values()]
    if attributes := sorted({*item, *_named(request)} if request.keys() & {*_EXPRESSIONS, "Item"} else ()):
        found["dynamodb:Attributes"] = attributes
    if "ReturnValues" in request:
        found["dynamodb:ReturnValues"] = request["ReturnValues"]
    return found


def _named(request: Request) -> Iterator[str]:
    placeholders = request.get("ExpressionAttributeNames") or {}
    for expression in _EXPRESSIONS:
        for name in _NAME.findall(request.get(expression) or ""):
            if name.upper() not in _WORDS:
                yield placeholders.get(name, name)


def _partition_key(request: Request) -> str:
    table = dynamodb._tables.get(str(request.get("TableName", "")).rpartition("/")[2]) or {}
    return str(table.get("pk_name") or "")


def _of_whole(known: Callable[[bytes], Context]) -> Callable[[bytes], Context]:
    def service_context(body: bytes) -> Context:
        request = _read(body)
        return {**known(body), **context_of(request, _partition_key(request))}

    return service_context


def _of_parts(checks: Callable[..., list[tuple[str, str]]]) -> Callable[..., list[tuple[str, str]]]:
    """A list of the checks of each part by itself; the library's own knows which actions they are."""

    def transaction_checks(action: str, body: bytes, *place: str) -> list[tuple[str, str]]:
        parts = _read(body).get("TransactItems")
        if not isinstance(parts, list):
            return checks(action, body, *place)
        return [
            (name, Part.of(arn, context_of(detail, _partition_key(detail))))
            for part in parts
            for detail in part.values()
            for name, arn in checks(action, json.dumps({"TransactItems": [part]}).encode(), *place)
        ]

    return transaction_checks


def _with_parts(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def enforced(*given: Any, resource_arn: str = "*", service_context: Context | None = None) -> Any:
        own = resource_arn.context if isinstance(resource_arn, Part) else {}
        return enforce(*given, resource_arn=resource_arn, service_context={**(service_context or {}), **own})

    return enforced


def _read(body: bytes) -> Request:
    try:
        read = json.loads(body or b"{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
