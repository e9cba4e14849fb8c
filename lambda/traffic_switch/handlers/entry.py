"""How a step becomes a Lambda handler, and the form in which every judging step answers the state machine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from traffic_switch.aws_world import aws_world
from traffic_switch.model import Switch
from traffic_switch.verdict import Judgment
from traffic_switch.world import World

Event = Mapping[str, Any]
Step = Callable[[Event, World], dict[str, Any]]

logging.getLogger().setLevel(logging.INFO)
logging.getLogger("botocore").setLevel(logging.WARNING)
log = logging.getLogger(__name__)


def entry(step: Step) -> Callable[[Event, object], dict[str, Any]]:
    """Bind a step to the real world."""

    def handle(event: Event, _context: object) -> dict[str, Any]:
        return step(event, aws_world())

    return handle


def ruling(world: World, switch: Switch, phase: str, look: int, judgment: Judgment, **more: Any) -> dict[str, Any]:
    """Write a judgment into the journal and the log, and put it into the words that the state machine reads."""
    world.journal.note(switch.id, phase, look, judgment, world.now())
    log.info(phase, extra={"switch": switch.id, "verdict": judgment.verdict.value, "reason": judgment.reason})
    return {"verdict": judgment.verdict.value, "reason": judgment.reason, **more}
