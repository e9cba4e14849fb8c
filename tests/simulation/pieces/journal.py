"""The facts that the tests of the journal's port share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from traffic_switch.asking import Properties
from traffic_switch.contract import Color
from traffic_switch.journal import Answer, Closing
from traffic_switch.model import Hold, Live, Outcome, Weights

from tests.simulation.pieces.workbench import RELEASE, Workbench

OTHER = replace(RELEASE, id="other", color=Color.BLUE, version="v3")
HOLD = Hold("s1", "shop", 7)
LATER_HOLD = Hold("s1", "shop", 8)
BLUE = Live(Color.BLUE, "v1", Weights(100, 0), "stack/A")
GREEN = Live(Color.GREEN, "v2", Weights(0, 100), "stack/B")
GOOD = Answer("SUCCESS", "well", {"Outcome": "DONE"})
THEN = Properties("old", "new")
DONE = Closing(Outcome.DONE, "well", GOOD, changes_live=True, live=GREEN)


def journal(bench: Workbench, name: str, *given: Any) -> Any:
    """Call a method of the port."""
    return bench.run(lambda world: getattr(world.journal, name)(*given))
