"""One table: its items by key, and for a moment what an item was before its last write."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from tests.simulation.dynamodb.values import Item, Value, is_too_large
from tests.simulation.errors import AwsError, invalid
from tests.simulation.kernel import Kernel

STALE_SECONDS = 1.0
"""An eventually consistent read sees a write usually within a second (DynamoDB guide, Read consistency). Here every
second such read is late by up to that.
"""


class Table:
    """Items are never changed in place: a write puts another in their stead."""

    def __init__(self, kernel: Kernel, name: str, key_name: str) -> None:
        self.name = name
        self.key_name = key_name
        self._kernel = kernel
        self._items: dict[str, Item] = {}
        self._before: dict[str, tuple[float, Item | None]] = {}

    def get(self, key: str) -> Item | None:
        """The item as it is."""
        return self._items.get(key)

    def read(self, key: str, consistent: bool) -> Item | None:
        """The item as a reader sees it."""
        if not consistent and key in self._before:
            since, old = self._before[key]
            lag = STALE_SECONDS * (2 * self._kernel.random.random() - 1)
            if self._kernel.time - since < lag:
                return old
        return self._items.get(key)

    def write(self, key: str, item: Item | None) -> None:
        """Put an item, or None to delete it."""
        self._before[key] = (self._kernel.time, self._items.get(key))
        if item is None:
            self._items.pop(key, None)
        else:
            self._items[key] = item

    def snapshot(self) -> dict[str, Item]:
        """All items as they are now; since they are never changed in place, it stays what it is."""
        return dict(self._items)

    def scan(self) -> Iterator[tuple[str, Item]]:
        """All items, in an order that means nothing and never changes."""
        for key in sorted(self._items, key=lambda key: crc32(key.encode())):
            yield key, self._items[key]

    def key_of(self, raw: dict[str, Value]) -> str:
        """The key in a request's `Key`."""
        if set(raw) != {self.key_name}:
            raise invalid("The provided key element does not match the schema")
        return self._checked(raw[self.key_name])

    def key_in(self, item: Item) -> str:
        """The key in an item that is to be put."""
        if self.key_name not in item:
            raise invalid(f"One or more parameter values were invalid: Missing the key {self.key_name} in the item")
        return self._checked(item[self.key_name])

    def accept(self, item: Item) -> Item:
        """An item that is small enough."""
        if is_too_large(item):
            raise invalid("Item size has exceeded the maximum allowed size")
        return item

    def _checked(self, value: Value) -> str:
        if "S" not in value:
            raise invalid(f"One or more parameter values were invalid: Type mismatch for key {self.key_name}")
        if not value["S"]:
            raise invalid(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                f"empty string value. Key: {self.key_name}"
            )
        return str(value["S"])


def no_table() -> AwsError:
    """What DynamoDB says of a table that is not there."""
    return AwsError("ResourceNotFoundException", "Requested resource not found")
