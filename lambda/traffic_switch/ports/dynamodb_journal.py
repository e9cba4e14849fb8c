"""The journal in its DynamoDB table: one item per switch, and three small ones per service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from traffic_switch.contract import JOURNAL_EXPIRY, JOURNAL_KEY
from traffic_switch.errors import LockHeldError, LockLostError
from traffic_switch.journal import Answer, Before, Record
from traffic_switch.model import Live, Switch
from traffic_switch.ports.journal_items import (
    before_from_item,
    before_to_item,
    live_from_item,
    live_to_item,
    record_from_item,
    switch_key,
)
from traffic_switch.verdict import Judgment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEEP_SECONDS = 400 * 24 * 3600
"""How long a switch is remembered: past a yearly audit."""


class DynamoJournal:
    """See `traffic_switch.journal.Journal`, whose contract this keeps with conditional writes."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def open(self, switch: Switch, request: Mapping[str, Any], at: float) -> None:
        """The switch first, then the pointer to it: a pointer to nothing would hide the release before it."""
        self._set(
            switch_key(switch.id),
            switch=json.dumps(switch.as_input()),
            request=json.dumps(request),
            started_at=_number(at),
            **{JOURNAL_EXPIRY: int(at) + KEEP_SECONDS},
        )
        if not switch.undoes:
            self._set(f"last#{switch.service}", switch_id=switch.id)

    def record(self, switch_id: str) -> Record | None:
        item = self._get(switch_key(switch_id))
        return record_from_item(item) if item else None

    def last_request(self, service: str) -> str:
        return str(self._get(f"last#{service}").get("switch_id", ""))

    def lock(self, switch: Switch, reason: str, now: float, deadline: float) -> None:
        try:
            self._table.put_item(
                Item={
                    JOURNAL_KEY: f"lock#{switch.service}",
                    "owner": switch.id,
                    "reason": reason,
                    "since": _number(now),
                    "deadline": _number(deadline),
                },
                ConditionExpression="attribute_not_exists(#key) OR deadline < :now OR #owner IN (:me, :undone)",
                ExpressionAttributeNames={"#key": JOURNAL_KEY, "#owner": "owner"},
                ExpressionAttributeValues={":now": _number(now), ":me": switch.id, ":undone": switch.undoes or "-"},
            )
        except ClientError as error:
            _unless_condition_failed(error)
            raise LockHeldError(self._held(switch.service)) from error

    def require_lock(self, switch: Switch) -> None:
        owner = self._get(f"lock#{switch.service}").get("owner")
        if owner != switch.id:
            raise LockLostError(f"the lock of {switch.service} is held by {owner or 'nobody'}, not by {switch.id}")

    def unlock(self, switch: Switch) -> None:
        try:
            self._table.delete_item(
                Key={JOURNAL_KEY: f"lock#{switch.service}"},
                ConditionExpression="#owner = :me",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":me": switch.id},
            )
        except ClientError as error:
            _unless_condition_failed(error)

    def live(self, service: str) -> Live | None:
        return live_from_item(self._get(f"live#{service}"))

    def remember_live(self, service: str, live: Live | None) -> None:
        if live is None:
            self._table.delete_item(Key={JOURNAL_KEY: f"live#{service}"})
        else:
            self._set(f"live#{service}", **live_to_item(live))

    def remember_before(self, switch_id: str, before: Before) -> Before:
        return before_from_item(self._set_once(switch_key(switch_id), "before", before_to_item(before)))

    def mark_shift(self, switch_id: str, at: float) -> None:
        self._set_once(switch_key(switch_id), "shifted_at", _number(at))

    def begin(self, switch_id: str, phase: str, at: float) -> None:
        self._set_once(switch_key(switch_id), f"phase:{phase}", _number(at))

    def note(self, switch_id: str, phase: str, look: int, judgment: Judgment, at: float) -> None:
        """Traces are keyed by phase and look, so that a look that runs twice is in the trace once."""
        entry = {"verdict": judgment.verdict.value, "reason": judgment.reason, "at": _number(at)}
        self._set_once(switch_key(switch_id), f"trace:{phase}:{look:04d}", entry)
        self.begin(switch_id, phase, at)
        self._set(switch_key(switch_id), phase=phase, verdict=entry["verdict"], said=judgment.reason)

    def close(self, switch_id: str, outcome: str, reason: str) -> None:
        self._set(switch_key(switch_id), outcome=outcome, reason=reason)

    def keep_evidence(self, switch_id: str, evidence: str) -> None:
        self._set_once(switch_key(switch_id), "evidence", evidence)

    def decide_answer(self, switch_id: str, answer: Answer) -> Answer:
        kept = self._set_once(switch_key(switch_id), "answer", json.dumps(asdict(answer)))
        return Answer(**json.loads(str(kept)))

    def forget_request(self, switch_id: str) -> None:
        self._table.update_item(
            Key={JOURNAL_KEY: switch_key(switch_id)},
            UpdateExpression="REMOVE #request",
            ExpressionAttributeNames={"#request": "request"},
        )

    def _get(self, key: str) -> Mapping[str, Any]:
        return self._table.get_item(Key={JOURNAL_KEY: key}, ConsistentRead=True).get("Item", {})

    def _set(self, key: str, **attributes: Any) -> None:
        self._table.update_item(
            Key={JOURNAL_KEY: key},
            UpdateExpression="SET " + ", ".join(f"#a{n} = :a{n}" for n in range(len(attributes))),
            ExpressionAttributeNames={f"#a{n}": name for n, name in enumerate(attributes)},
            ExpressionAttributeValues={f":a{n}": value for n, value in enumerate(attributes.values())},
        )

    def _set_once(self, key: str, name: str, value: Any) -> Any:
        """Set an attribute unless it is there already; return what it is then."""
        answer = self._table.update_item(
            Key={JOURNAL_KEY: key},
            UpdateExpression="SET #name = if_not_exists(#name, :value)",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": value},
            ReturnValues="UPDATED_NEW",
        )
        return answer.get("Attributes", {}).get(name, value)

    def _held(self, service: str) -> str:
        lock = self._get(f"lock#{service}")
        return (
            f"another switch of {service} is running: {lock.get('owner', 'unknown')} ({lock.get('reason', '')}), "
            f"until {lock.get('deadline', '?')} at the latest. Wait for it, or abort it with `greenlight abort`"
        )


def _number(value: float) -> Decimal:
    return Decimal(f"{value:.3f}")


def _unless_condition_failed(error: ClientError) -> None:
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
