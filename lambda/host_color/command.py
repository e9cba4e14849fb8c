"""A command on the host: sent while the host may still be booting, and followed until it has ended."""

from __future__ import annotations

from collections.abc import Callable

from traffic_switch.surroundings import Surroundings
from traffic_switch.verdict import Judgment, Verdict

from host_color.errors import CommandError, NotSentError
from host_color.judgment import Invocation, judge_command
from host_color.model import HostColor, Step
from host_color.world import World

FIRST_PAUSE_SECONDS = 0.25
PAUSE_GROWTH = 1.5
LONGEST_PAUSE_SECONDS = 5.0


def carry_out(step: Step, color: HostColor, world: World, deadline: float) -> Invocation:
    """Run a command about a color, and wait until it has ended. The deadline is in `monotonic`'s seconds.

    Raises:
        HostColorError: it could not be sent, it failed, or it did not end in time.
    """
    command_id, instance = _send(step, color, world, deadline), color.place.instance_id
    seen = Invocation("Pending", "")

    def look(_: bool) -> Judgment:
        nonlocal seen
        seen = world.commands.look(command_id, instance) or seen
        return judge_command(seen)

    judgment = poll(look, world.surroundings, deadline)
    if judgment.verdict is not Verdict.PASS:
        raise CommandError(f"{color.name} does not run {color.image} on {instance}: {judgment.reason}")
    return seen


def poll(look: Callable[[bool], Judgment], clock: Surroundings, deadline: float) -> Judgment:
    """Look until a look is final or the deadline is here; the last look is told that no patience is left."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        patience_left = clock.monotonic() + pause < deadline
        judgment = look(patience_left)
        if judgment.final or not patience_left:
            return judgment
        clock.sleep(pause)
        pause = min(pause * PAUSE_GROWTH, LONGEST_PAUSE_SECONDS)


def _send(step: Step, color: HostColor, world: World, deadline: float) -> str:
    clock = world.surroundings
    started, pause = clock.monotonic(), FIRST_PAUSE_SECONDS
    while True:
        try:
            return world.commands.send(color, step)
        except NotSentError as error:
            if clock.monotonic() + pause >= min(deadline, started + error.patience_seconds):
                raise
        clock.sleep(pause)
        pause = min(pause * PAUSE_GROWTH, LONGEST_PAUSE_SECONDS)
