"""The journal as an operator reads it: what is live, who writes, and how switches are getting on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from traffic_switch.contract import JOURNAL_KEY
from traffic_switch.image import KnownImage
from traffic_switch.journal import Lock, Record
from traffic_switch.model import Live
from traffic_switch.ports.dynamodb_journal import DynamoJournal
from traffic_switch.ports.journal_items import Item, plain, switch_key, wire
from traffic_switch.ports.journal_table import PRESENT, ConditionFailedError, JournalTable, Write

from greenlight.errors import ReleaseError
from greenlight.switch_view import SwitchView

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["JournalView", "SwitchView"]

LISTED = (
    "switch",
    "started_at",
    "properties",
    "digest",
    "begun",
    "before",
    "shifted_at",
    "undone",
    "outcome",
    "reason",
    "answer",
)
"""What a list of switches needs of each item; traces and evidence are most of its bytes."""


class JournalView:
    """Reads the journal; the only thing that it writes is the operator's wish to abort."""

    def __init__(self, client: DynamoDBClient, table: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._name = table
        self._table = JournalTable(client, table, sleep)
        self._journal = DynamoJournal(self._table)

    def live(self, service: str) -> Live | None:
        """What is remembered as live.

        Raises:
            JournalError: the item is damaged.
        """
        return self._journal.live(service)

    def lock(self, service: str) -> Lock | None:
        """Who may write the rule."""
        return self._journal.lock(service)

    def image(self, service: str, version: str) -> KnownImage | None:
        """Which image a version is; None when it was never deployed.

        Raises:
            JournalError: the item is damaged.
        """
        return self._journal.image(service, version)

    def newest(self, service: str) -> SwitchView | None:
        """The newest switch of any kind: a release, a restore, a repair, a removal, or one that was answered at once.

        Two reads of one item each, so that it can be asked several times a second.
        """
        newest = self._journal.last(service)
        return self.switch(newest) if newest else None

    def newest_request(self, resource: str) -> Record | None:
        """The newest request of a custom resource, named StackId/LogicalResourceId."""
        return self._journal.newest(resource).record

    def switch(self, switch_id: str) -> SwitchView | None:
        """One switch."""
        item = self._table.get(switch_key(switch_id))
        return SwitchView.from_item(item, switch_id) if item else None

    def release_behind(self, switch: SwitchView) -> SwitchView:
        """The release that a restore takes back, since that one is what people ask about; else the switch itself."""
        undone = self.switch(switch.switch.undoes) if switch.switch.undoes else None
        return undone or switch

    def switches(self, service: str) -> list[SwitchView]:
        """All switches of a service without their traces, newest first; damaged ones that name none are among them.

        A scan of the whole table: some hundred items a year, of which it reads every byte. It is for commands that a
        person types now and then, never for a loop.
        """
        found = [_listed(item) for item in self._scan()]
        ours = [switch for switch in found if switch.switch.service in (service, "")]
        return sorted(ours, key=lambda switch: switch.started_at, reverse=True)

    def ask_to_abort(self, switch_id: str, reason: str) -> None:
        """Let the switch's next look fail.

        Raises:
            ReleaseError: the journal has no such switch.
        """
        wish = Write(switch_key(switch_id), set={"abort": reason}, only_if={JOURNAL_KEY: PRESENT})
        try:
            self._table.update(wish)
        except ConditionFailedError as error:
            raise ReleaseError(
                f"the journal has no item {switch_key(switch_id)}, though that switch holds the lock: it cannot be"
                " aborted. Stop its execution of the state machine instead"
            ) from error

    def _scan(self) -> Iterator[Item]:
        names = {f"#n{number}": name for number, name in enumerate((JOURNAL_KEY, *LISTED))}
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._name,
            FilterExpression="begins_with(#n0, :switches)",
            ProjectionExpression=", ".join(names),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":switches": wire(switch_key(""))},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]


def _listed(item: Item) -> SwitchView:
    key = str(plain(item).get(JOURNAL_KEY, ""))
    return SwitchView.from_item(item, key.removeprefix(switch_key("")))
