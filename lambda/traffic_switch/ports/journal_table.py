"""The journal's DynamoDB table: reads that are consistent, and writes that are conditional."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from traffic_switch.contract import JOURNAL_KEY
from traffic_switch.errors import JournalAwayError
from traffic_switch.ports.journal_items import Item, wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONFLICTS = 6
"""Tries of a transaction that meets another one on the same item: the other one has then ended (DynamoDB guide)."""
CONFLICT_PAUSE_SECONDS = 0.1


class ConditionFailedError(Exception):
    """A condition of the write did not hold, so that nothing was written."""


@contextmanager
def _reached() -> Iterator[None]:
    """Whatever else goes wrong with the table is one thing to the switch: it cannot know who may write."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise JournalAwayError(f"the journal did not take the call: {type(error).__name__}: {error}") from error


class Presence(Enum):
    """In a condition: whether the attribute must be there at all."""

    ABSENT = "attribute_not_exists"
    PRESENT = "attribute_exists"


ABSENT, PRESENT = Presence.ABSENT, Presence.PRESENT


@dataclass(frozen=True)
class Write:
    """One conditional write. `once` sets what is not there yet; `only_if` maps names to values, ABSENT or PRESENT.

    `is_secret`: it is about the table of requests.
    """

    key: str
    put: Mapping[str, Any] | None = None
    delete: bool = False
    set: Mapping[str, Any] = field(default_factory=dict)
    once: Mapping[str, Any] = field(default_factory=dict)
    remove: Sequence[str] = ()
    only_if: Mapping[str, Any] = field(default_factory=dict)
    is_secret: bool = False


class JournalTable:
    """The journal's table, and that of the requests for those who may use it.

    `sleep` lets seconds pass between two tries of a transaction.
    """

    def __init__(self, client: DynamoDBClient, name: str, sleep: Callable[[float], None], requests: str = "") -> None:
        self._client = client
        self._name = name
        self._requests = requests
        self._sleep = sleep

    def get(self, key: str, *, is_secret: bool = False) -> Item:
        """An item, empty when there is none."""
        table = self._requests if is_secret else self._name
        with _reached():
            answer = self._client.get_item(TableName=table, Key={JOURNAL_KEY: wire(key)}, ConsistentRead=True)
        found: Item = answer.get("Item", {})
        return found

    def update(self, write: Write) -> Item:
        """Write one item and return the attributes that were written, as they are now.

        Raises:
            ConditionFailedError: its condition did not hold.
        """
        key = {JOURNAL_KEY: wire(write.key)}
        with _reached():
            try:
                answer = self._client.update_item(
                    TableName=self._name, Key=key, ReturnValues="UPDATED_NEW", **_update(write)
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise ConditionFailedError(write.key) from error
        found: Item = answer.get("Attributes", {})
        return found

    def transact(self, *writes: Write) -> None:
        """Write all or nothing.

        Raises:
            ConditionFailedError: a condition did not hold. Nothing else that goes wrong is an answer to the question.
        """
        items: list[Any] = [self._item(write) for write in writes]
        with _reached():
            for left in reversed(range(CONFLICTS)):
                try:
                    self._client.transact_write_items(TransactItems=items)
                    return
                except self._client.exceptions.TransactionCanceledException as error:
                    reasons = _reasons(error)
                    if "ConditionalCheckFailed" in reasons:
                        raise ConditionFailedError(", ".join(write.key for write in writes)) from error
                    if "TransactionConflict" not in reasons or not left:
                        raise
                self._sleep(CONFLICT_PAUSE_SECONDS * (CONFLICTS - left))

    def _item(self, write: Write) -> dict[str, Any]:
        place = {"TableName": self._requests if write.is_secret else self._name}
        if write.put is not None:
            item = {name: wire(value) for name, value in {**write.put, JOURNAL_KEY: write.key}.items()}
            return {"Put": {**place, "Item": item, **_condition(write)}}
        key = {"Key": {JOURNAL_KEY: wire(write.key)}}
        if write.delete:
            return {"Delete": {**place, **key, **_condition(write)}}
        if not (write.set or write.once or write.remove):
            return {"ConditionCheck": {**place, **key, **_condition(write)}}
        return {"Update": {**place, **key, **_update(write)}}


def _reasons(error: ClientError) -> set[str]:
    return {str(reason.get("Code")) for reason in error.response.get("CancellationReasons", [])}


class _Names:
    """Placeholders: every name has one, since some are reserved words and others have characters that are no names."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def name(self, attribute: str) -> str:
        for alias, known in self.names.items():
            if known == attribute:
                return alias
        alias = f"#n{len(self.names)}"
        self.names[alias] = attribute
        return alias

    def value(self, value: Any) -> str:
        alias = f":v{len(self.values)}"
        self.values[alias] = wire(value)
        return alias

    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if self.names:
            fields["ExpressionAttributeNames"] = self.names
        if self.values:
            fields["ExpressionAttributeValues"] = self.values
        return fields


def _update(write: Write) -> dict[str, Any]:
    aliases = _Names()
    sets = [f"{aliases.name(name)} = {aliases.value(value)}" for name, value in write.set.items()]
    for name, value in write.once.items():
        alias = aliases.name(name)
        sets.append(f"{alias} = if_not_exists({alias}, {aliases.value(value)})")
    parts = [f"SET {', '.join(sets)}"] if sets else []
    if write.remove:
        parts.append(f"REMOVE {', '.join(aliases.name(name) for name in write.remove)}")
    return {"UpdateExpression": " ".join(parts), **_condition(write, aliases), **aliases.fields()}


def _condition(write: Write, aliases: _Names | None = None) -> dict[str, Any]:
    """The condition with its names and values, which are among those of the update around it, if there is one."""
    if not write.only_if:
        return {}
    own = aliases or _Names()
    clauses = [_clause(own, name, value) for name, value in write.only_if.items()]
    return {"ConditionExpression": " AND ".join(clauses), **own.fields()}


def _clause(aliases: _Names, name: str, value: Any) -> str:
    if isinstance(value, Presence):
        return f"{value.value}({aliases.name(name)})"
    return f"{aliases.name(name)} = {aliases.value(value)}"
