"""How the journal's facts are written as DynamoDB items, and read back.

Reading never fails on one damaged attribute of a switch: whoever ends it must still be able to. `Record.damage` says
what could not be read.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from traffic_switch.asking import Properties
from traffic_switch.contract import JOURNAL_EXPIRY, JOURNAL_KEY, Color
from traffic_switch.errors import JournalError
from traffic_switch.journal import Answer, Lock, Newest, Record
from traffic_switch.model import Live, Mode, Outcome, Switch
from traffic_switch.remembered import before_from_map, live_from_map

KEEP_SECONDS = 400 * 24 * 3600
"""How long a switch is remembered: past a yearly audit."""

KEEP_REQUEST_SECONDS = 24 * 3600
"""CloudFormation waits for an hour at most."""

TRACE = "trace:"
"""What the names of attributes begin with that hold one look each: `trace:<phase>:<look>`."""

Item = Mapping[str, Any]
"""An item in DynamoDB's own form: each value is a map from its type to it."""

_SERIALIZE = TypeSerializer().serialize
_DESERIALIZE = TypeDeserializer().deserialize


def wire(value: Any) -> dict[str, Any]:
    """One value in DynamoDB's form. A float becomes a number with three decimals."""
    serialized: Any = _SERIALIZE(Decimal(f"{value:.3f}") if isinstance(value, float) else value)
    return dict(serialized)


def plain(item: Item) -> dict[str, Any]:
    """An item's attributes in Python's types."""
    return {name: _DESERIALIZE(value) for name, value in item.items()}


def switch_key(switch_id: str) -> str:
    """The key of a switch's item."""
    return f"switch#{switch_id}"


def record_to_item(record: Record) -> dict[str, Any]:
    """A switch as it is first recorded, perhaps answered at once."""
    item: dict[str, Any] = {
        JOURNAL_KEY: switch_key(record.switch.id),
        "switch": json.dumps(record.switch.as_input()),
        "started_at": record.started_at,
        "resource": record.resource,
        "properties": asdict(record.properties),
        **({"digest": record.digest} if record.digest else {}),
        JOURNAL_EXPIRY: int(record.started_at) + KEEP_SECONDS,
    }
    if record.answer is not None:
        item |= {"answer": answer_to_text(record.answer), "outcome": record.outcome or "", "reason": record.reason}
    return item


def request_key(switch_id: str) -> str:
    """The key of a request's item, which is in a table of its own."""
    return f"request#{switch_id}"


def request_to_map(record: Record) -> dict[str, Any]:
    """What an answer needs. Its address is good for a few hours, so that it is not kept for longer than a day."""
    expiry = int(record.started_at) + KEEP_REQUEST_SECONDS
    return {"request": json.dumps(record.request), JOURNAL_EXPIRY: expiry}


def request_from_item(item: Item) -> Mapping[str, Any] | None:
    """None for an item that is not there, and for one that nobody can read: then nobody can be answered."""
    try:
        return _object(str(plain(item)["request"]))
    except (ValueError, KeyError, TypeError):
        return None


def record_from_item(item: Item, switch_id: str) -> Record:
    """One switch; attributes that were never written keep the record's defaults."""
    damage: list[str] = []

    def read(name: str, parse: Callable[[Any], Any], default: Any) -> Any:
        if name not in item:
            return default
        try:
            return parse(_DESERIALIZE(item[name]))
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
            damage.append(name)
            return default

    nobody = Switch(switch_id, "", Mode.RELEASE, Color.BLUE, "")
    found = Record(
        switch=read("switch", lambda text: Switch.from_input(json.loads(text)), nobody),
        started_at=read("started_at", float, 0.0),
        resource=read("resource", str, ""),
        properties=read("properties", lambda pair: Properties(pair["old"], pair["new"]), Properties()),
        digest=read("digest", str, ""),
        begun=read("begun", float, None),
        before=read("before", before_from_map, None),
        shifted_at=read("shifted_at", float, None),
        undone=read("undone", str, ""),
        paid=read("paid", str, ""),
        outcome=read("outcome", lambda word: Outcome(word) if word else None, None),
        reason=read("reason", str, ""),
        abort=read("abort", str, ""),
        answer=read("answer", answer_from_text, None),
        request=read("request", _object, None),
        verdicts=_verdicts(item),
    )
    return _damaged(found, tuple(damage), "switch" in item)


def _verdicts(item: Item) -> dict[str, str]:
    """The last verdict of each phase, by the looks that are in the trace. One that cannot be read is none."""
    found = {}
    for name in sorted(name for name in item if name.startswith(TRACE)):
        with contextlib.suppress(KeyError, TypeError):
            found[name.split(":")[1]] = str(item[name]["M"]["verdict"]["S"])
    return found


def _damaged(record: Record, damage: tuple[str, ...], named: bool) -> Record:
    """What could not be read. An unreadable answer is one all the same: it seals the switch."""
    if "answer" in damage:
        status = "SUCCESS" if record.switch.mode is Mode.RESTORE else "FAILED"
        record = replace(record, answer=Answer(status, "the journal's answer of this switch is damaged"))
    return replace(record, damage=damage if named else (*damage, "switch"))


def live_from_item(item: Item, key: str) -> Live | None:
    """None for an item that is not there.

    Raises:
        JournalError: the item is damaged.
    """
    if not item:
        return None
    try:
        return live_from_map(plain(item))
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(
            f"the journal's item {key} is damaged ({type(error).__name__}: {error}): it must have color (blue or "
            "green), version, blue and green (weights). Write it as the rule and the running version are, then retry"
        ) from error


def lock_from_item(item: Item) -> Lock | None:
    """None for an item that is not there. An unreadable lock is somebody's all the same, until its deadline: never."""
    if not item:
        return None
    raw = plain(item)
    owner = raw.get("owner")
    return Lock(
        owner=owner if isinstance(owner, str) else "",
        epoch=_number(raw.get("epoch"), int),
        debt=str(raw.get("debt", "")),
        reason=str(raw.get("reason", "")),
        since=_number(raw.get("since"), float) or 0.0,
        deadline=_number(raw.get("deadline"), float) or math.inf,
        read={name: raw[name] for name in ("owner", "epoch") if name in raw},
    )


def newest_from_item(item: Item, record: Callable[[str], Record | None]) -> Newest:
    """What is known of a resource's requests. What cannot be read of those that were taken back is forgotten."""
    raw = plain(item)
    read, reversed_ = raw.get("switch_id"), raw.get("reversed")
    known = tuple(_reversed(reversed_ if isinstance(reversed_, list) else []))
    if not isinstance(read, str) or not read:
        return Newest(reversed=known, read=read)
    return Newest(read, record(read), known)


def _reversed(pairs: list[Any]) -> Iterator[tuple[str, float]]:
    for pair in pairs:
        with contextlib.suppress(ValueError, KeyError, TypeError):
            yield str(pair["text"]), float(pair["at"])


def newest_to_map(switch_id: str, reversed_: tuple[tuple[str, float], ...]) -> dict[str, Any]:
    """The inverse of `newest_from_item`."""
    return {"switch_id": switch_id, "reversed": [{"text": text, "at": int(at)} for text, at in reversed_]}


def answer_to_text(answer: Answer) -> str:
    """An answer as the one attribute that is set once."""
    return json.dumps({"status": answer.status, "reason": answer.reason, "data": dict(answer.data)})


def answer_from_text(text: str) -> Answer:
    """The inverse of `answer_to_text`."""
    return Answer(**json.loads(text))


def _object(text: str) -> dict[str, Any]:
    """Anything else is damage, of which the attribute's name is all that is told."""
    parsed = json.loads(text)
    if not isinstance(parsed, dict):
        raise TypeError
    return parsed


def _number(raw: Any, kind: type) -> Any:
    try:
        return kind(raw)
    except (TypeError, ValueError, ArithmeticError):
        return None
