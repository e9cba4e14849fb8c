"""Who is at work: which function of which switch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Actor:
    """Which function of which switch is at work, with which right to write: taken from the event that invoked it."""

    duty: str
    switch_id: str
    service: str
    epoch: int = 0


def actor(duty: str, event: Mapping[str, Any]) -> Actor:
    """Who a function works for: nobody, if the event was made up by somebody who does not know its form."""
    if "Records" in event and duty == "Settle":
        switch = json.loads(json.loads(event["Records"][0]["body"])["detail"]["input"])
    else:
        switch = event.get("switch")
    if not isinstance(switch, Mapping):
        switch = {}
    epoch = int((event.get("hold") or {}).get("epoch", 0))
    return Actor(duty, switch.get("switch_id", ""), switch.get("service", ""), epoch)
