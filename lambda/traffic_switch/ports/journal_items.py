"""How the journal's facts are written as DynamoDB items, and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from traffic_switch.contract import Color
from traffic_switch.journal import Answer, Before, Record
from traffic_switch.model import Live, Switch, Weights


def switch_key(switch_id: str) -> str:
    """The key of a switch's item."""
    return f"switch#{switch_id}"


def live_to_item(live: Live) -> dict[str, Any]:
    """Flat attributes, which a person can read in the console."""
    return {
        "color": live.color.value,
        "version": live.version,
        "blue": live.weights.blue,
        "green": live.weights.green,
    }


def live_from_item(item: Mapping[str, Any]) -> Live | None:
    """None for an item that is not there."""
    if "color" not in item:
        return None
    return Live(Color(item["color"]), str(item["version"]), Weights(int(item["blue"]), int(item["green"])))


def before_to_item(before: Before) -> dict[str, Any]:
    """No rule and nothing live are empty maps: DynamoDB's `if_not_exists` must find the attribute."""
    weights = {"blue": before.weights.blue, "green": before.weights.green} if before.weights else {}
    return {"weights": weights, "live": live_to_item(before.live) if before.live else {}}


def before_from_item(item: Mapping[str, Any]) -> Before:
    """The inverse of `before_to_item`."""
    raw = item["weights"]
    weights = Weights(int(raw["blue"]), int(raw["green"])) if raw else None
    return Before(weights, live_from_item(item["live"]))


def record_from_item(item: Mapping[str, Any]) -> Record:
    """One switch; attributes that were never written keep the record's defaults."""
    return Record(
        switch=Switch.from_input(json.loads(item["switch"])),
        started_at=float(item["started_at"]),
        before=before_from_item(item["before"]) if "before" in item else None,
        shifted_at=float(item["shifted_at"]) if "shifted_at" in item else None,
        outcome=str(item.get("outcome", "")),
        reason=str(item.get("reason", "")),
        abort=str(item.get("abort", "")),
        answer=Answer(**json.loads(item["answer"])) if "answer" in item else None,
        request=json.loads(item["request"]) if "request" in item else None,
    )
