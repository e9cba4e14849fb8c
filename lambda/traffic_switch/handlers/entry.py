"""How a step becomes a Lambda handler, and the form in which every task answers the state machine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from traffic_switch.aws_world import aws_world
from traffic_switch.errors import AwsCallError, ForgedError, LockLostError
from traffic_switch.forgery import page
from traffic_switch.model import Switch
from traffic_switch.verdict import Judgment, Verdict
from traffic_switch.world import World

Event = Mapping[str, Any]
Result = dict[str, Any]
Step = Callable[[Event, World], Result]

logging.getLogger().setLevel(logging.INFO)
logging.getLogger("botocore").setLevel(logging.WARNING)
log = logging.getLogger(__name__)


class Entry:
    """A Lambda handler. `step` is what it does, in any world."""

    def __init__(self, bare: Step) -> None:
        self._bare = bare

    def __call__(self, event: Event, _context: object) -> Result:
        """Lambda's entry."""
        return self.step(event, aws_world())

    def step(self, event: Event, world: World) -> Result:
        """Do the step. A switch that lost its lock says so to the state machine, which then answers what was decided.

        Raises:
            ForgedError: nobody asked for this; nothing was done.
            AwsCallError: a call to AWS failed, of whatever class; the state machine retries this one name.
        """
        try:
            return self._known(event, world)
        except LockLostError as lost:
            log.warning("not ours any more", extra={"reason": str(lost)})
            carried = {name: event.get(name) or {} for name in ("hold", "before")}
            return told(Judgment(Verdict.LOST, str(lost)), clean=False, **carried)
        except (ClientError, BotoCoreError) as error:
            raise AwsCallError(f"{type(error).__name__}: {error}") from error

    def _known(self, event: Event, world: World) -> Result:
        """Do it for a switch of our own. For any other the execution fails, once people know."""
        try:
            return self._bare(event, world)
        except ForgedError as forged:
            page(world, "execution", str(forged))
            raise


def told(judgment: Judgment, **more: Any) -> Result:
    """A judgment in the words that the state machine reads. `wait_seconds` counts when the verdict is WAIT."""
    answer: Result = {"verdict": judgment.verdict.value, "reason": judgment.reason, "progress": {}, "wait_seconds": 1}
    return {**answer, **more}


def ruling(world: World, switch: Switch, phase: str, look: int, judgment: Judgment, **more: Any) -> Result:
    """Write a judgment into the journal and the log, and tell it the state machine."""
    world.journal.note(switch.id, phase, look, judgment, world.now())
    log.info(phase, extra={"switch": switch.id, "verdict": judgment.verdict.value, "reason": judgment.reason})
    return told(judgment, **more)
