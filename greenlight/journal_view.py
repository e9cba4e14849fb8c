"""The journal as an operator reads it: what is live, and how a switch is getting on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from traffic_switch.contract import JOURNAL_KEY
from traffic_switch.model import Live, Switch
from traffic_switch.ports.dynamodb_journal import DynamoJournal
from traffic_switch.ports.journal_items import switch_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

PHASE = "phase:"


@dataclass(frozen=True)
class SwitchView:
    """One switch at one moment: `phases` maps each begun phase to its Unix time, `outcome` is empty till the end."""

    switch: Switch
    started_at: float
    phases: Mapping[str, float]
    phase: str
    said: str
    outcome: str
    reason: str
    shifted_at: float | None
    evidence: Mapping[str, Any] | None

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> SwitchView:
        """Read a switch's item."""
        phases = {key.removeprefix(PHASE): float(item[key]) for key in item if key.startswith(PHASE)}
        return cls(
            switch=Switch.from_input(json.loads(item["switch"])),
            started_at=float(item["started_at"]),
            phases=dict(sorted(phases.items(), key=lambda pair: pair[1])),
            phase=str(item.get("phase", "")),
            said=str(item.get("said", "")),
            outcome=str(item.get("outcome", "")),
            reason=str(item.get("reason", "")),
            shifted_at=float(item["shifted_at"]) if "shifted_at" in item else None,
            evidence=json.loads(item["evidence"]) if "evidence" in item else None,
        )


class JournalView:
    """Reads the journal; the only thing that it writes is the operator's wish to abort."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._journal = DynamoJournal(table)

    def live(self, service: str) -> Live | None:
        """What is remembered as live."""
        return self._journal.live(service)

    def lock_owner(self, service: str) -> str:
        """The id of the switch that holds the lock, or an empty string."""
        return str(self._item(f"lock#{service}").get("owner", ""))

    def newest(self, service: str) -> SwitchView | None:
        """The newest release that was asked for."""
        newest = self._journal.last_request(service)
        return self.switch(newest) if newest else None

    def switch(self, switch_id: str) -> SwitchView | None:
        """One switch."""
        item = self._item(switch_key(switch_id))
        return SwitchView.from_item(item) if "switch" in item else None

    def before(self, switch_id: str) -> Live | None:
        """What was live before a switch."""
        record = self._journal.record(switch_id)
        return record.before.live if record and record.before else None

    def ask_to_abort(self, switch_id: str, reason: str) -> None:
        """Let the switch's next look fail."""
        self._table.update_item(
            Key={JOURNAL_KEY: switch_key(switch_id)},
            UpdateExpression="SET #abort = :reason",
            ExpressionAttributeNames={"#abort": "abort"},
            ExpressionAttributeValues={":reason": reason},
        )

    def _item(self, key: str) -> Mapping[str, Any]:
        return self._table.get_item(Key={JOURNAL_KEY: key}, ConsistentRead=True).get("Item", {})
