"""What became of the traffic of a switch that did not do what it was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from traffic_switch.ending import Ending
from traffic_switch.journal import Record
from traffic_switch.model import Live


@dataclass(frozen=True)
class Traffic:
    """What became of the traffic: how the switch therefore ends, why, and whose traffic came back (None: nobody's).

    `stays` is what is live from now on because nothing leads back from it, and `advice` what a person can do then.
    """

    ending: Ending
    reason: str
    owed: Record | None = None
    stays: Live | None = None
    advice: str = ""
