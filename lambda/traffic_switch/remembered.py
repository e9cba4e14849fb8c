"""What a switch remembers of the time before it, and what is live, as plain maps: in the journal and between states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traffic_switch.contract import Color
from traffic_switch.journal import Before
from traffic_switch.model import Live, Weights


def before_to_map(before: Before) -> dict[str, Any]:
    """No rule and nothing live are empty maps: DynamoDB's `if_not_exists` must find the attribute."""
    weights = {"blue": before.weights.blue, "green": before.weights.green} if before.weights else {}
    return {"weights": weights, "live": live_to_map(before.live) if before.live else {}}


def before_from_map(raw: Mapping[str, Any]) -> Before:
    """The inverse of `before_to_map`."""
    weights = Weights(int(raw["weights"]["blue"]), int(raw["weights"]["green"])) if raw["weights"] else None
    return Before(weights, live_from_map(raw["live"]) if raw["live"] else None)


def live_to_map(live: Live) -> dict[str, Any]:
    """Flat attributes, which a person can read in the console."""
    return {
        "color": live.color.value,
        "version": live.version,
        "blue": live.weights.blue,
        "green": live.weights.green,
        "resource": live.resource,
        "digest": live.digest,
        **({"door": live.door, "door_at": live.door_at} if live.door else {}),
    }


def live_from_map(raw: Mapping[str, Any]) -> Live:
    """The inverse of `live_to_map`."""
    weights = Weights(int(raw["blue"]), int(raw["green"]))
    resource, digest, door = (str(raw.get(name, "")) for name in ("resource", "digest", "door"))
    return Live(Color(raw["color"]), str(raw["version"]), weights, resource, digest, door, int(raw.get("door_at", 0)))
