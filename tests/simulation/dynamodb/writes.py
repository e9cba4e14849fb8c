"""One conditional write, whether it is alone or part of a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulation.copies import copied
from tests.simulation.dynamodb.conditions import condition
from tests.simulation.dynamodb.language import Scope
from tests.simulation.dynamodb.table import Table
from tests.simulation.dynamodb.updates import Update, update
from tests.simulation.dynamodb.values import Item, stored
from tests.simulation.errors import AwsError, invalid

NOTHING: Item = {}


@dataclass(frozen=True)
class Write:
    """What is to be written where, and under which condition. `change` is None for a mere check."""

    table: Table
    key: str
    holds: Callable[[Item], bool]
    change: Callable[[Item], Item | None] | None
    tell: bool
    touched: tuple[str, ...] = ()

    def allowed(self) -> bool:
        """Whether the condition holds now."""
        return self.holds(self.table.get(self.key) or NOTHING)

    def result(self) -> Item | None:
        """The item as the write would leave it."""
        old = self.table.get(self.key)
        return old if self.change is None else self.change(old or NOTHING)

    def refusal(self) -> dict[str, Any]:
        """The item that did not keep the condition, if the request asked for it."""
        old = self.table.get(self.key)
        return {"Item": copied(old)} if self.tell and old else {}


def put(table: Table, request: Mapping[str, Any]) -> Write:
    """PutItem, or the Put of a transaction."""
    key = table.key_in(request["Item"])
    item = table.accept({name: stored(value) for name, value in request["Item"].items()})
    return Write(table, key, _condition(request), lambda _: item, _tells(request))


def delete(table: Table, request: Mapping[str, Any]) -> Write:
    """DeleteItem, or the Delete of a transaction."""
    return Write(table, table.key_of(request["Key"]), _condition(request), lambda _: None, _tells(request))


def check(table: Table, request: Mapping[str, Any]) -> Write:
    """The ConditionCheck of a transaction."""
    return Write(table, table.key_of(request["Key"]), _condition(request), None, _tells(request))


def change(table: Table, request: Mapping[str, Any]) -> Write:
    """UpdateItem, or the Update of a transaction. An item that is not there is made."""
    key = table.key_of(request["Key"])
    text = request.get("UpdateExpression")
    wanted = update(text) if text is not None else None
    holds = _condition(request, wanted)
    scope = Scope(request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {}))
    touched = wanted.touched(scope) if wanted else ()
    if table.key_name in touched:
        raise invalid(
            f"One or more parameter values were invalid: Cannot update attribute {table.key_name}. "
            "This attribute is part of the key"
        )

    def changed(item: Item) -> Item:
        base = item or {table.key_name: {"S": key}}
        return table.accept(wanted.applied(base, scope) if wanted else base)

    return Write(table, key, holds, changed, _tells(request), touched)


def _condition(request: Mapping[str, Any], wanted: Update | None = None) -> Callable[[Item], bool]:
    text = request.get("ConditionExpression")
    made = condition("ConditionExpression", text) if text is not None else None
    used = [part for part in (wanted, made) if part is not None]
    names, values = request.get("ExpressionAttributeNames"), request.get("ExpressionAttributeValues")
    refuse_unused("Names", names, frozenset().union(*(part.aliases for part in used)))
    refuse_unused("Values", values, frozenset().union(*(part.placeholders for part in used)))
    if made is None:
        return lambda _: True
    scope = Scope(names or {}, values or {})
    return lambda item: made.holds(item, scope)


def refuse_unused(what: str, given: Mapping[str, Any] | None, used: frozenset[str]) -> None:
    """AWS takes neither names or values that nothing uses, nor uses of what is not given."""
    kind = f"ExpressionAttribute{what}"
    if given is not None and not given:
        raise invalid(f"{kind} must not be empty")
    missing = sorted(used - (given or {}).keys())
    if missing:
        word = "name used in the document path" if what == "Names" else "value used in expression"
        raise invalid(
            f"Invalid expression: An expression attribute {word} is not defined; attribute {what.lower()[:-1]}: "
            f"{missing[0]}"
        )
    if given is None:
        return
    unused = sorted(given.keys() - used)
    if unused and not used:
        raise invalid(f"{kind} can only be specified when using expressions")
    if unused:
        raise invalid(f"Value provided in {kind} unused in expressions: keys: {{{', '.join(unused)}}}")


def _tells(request: Mapping[str, Any]) -> bool:
    return request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"


def condition_failed(write: Write) -> AwsError:
    """The refusal of a write that stands alone."""
    return AwsError("ConditionalCheckFailedException", "The conditional request failed", **write.refusal())
