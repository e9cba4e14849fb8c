"""How a color comes to run an image: a command on the host, its target registered, its old place given up."""

from __future__ import annotations

import logging
from collections.abc import Callable

from traffic_switch.verdict import Judgment, Verdict, passed, wait

from host_color.errors import CommandError, MoveError, NotSentError
from host_color.judgment import drained, judge_command, judge_move
from host_color.model import Change, HostColor, Place
from host_color.world import World

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 5.0

MOVE_SECONDS = 300.0
"""How long a color may take to get healthy on a new host: the slowest application, and the checks that prove it."""


def run(change: Change, world: World, deadline: float) -> None:
    """Make the wanted color run its image where it should, by the deadline (in `world.now`'s seconds).

    The target is registered only after the container was started, so that a new host gets no request too early. Health
    is the gate's business, except when the color leaves another place: then users may be on it.

    A target whose container is replaced is deregistered meanwhile: it would otherwise be called healthy on the strength
    of the old container until enough checks of the new one have failed, a minute and a half by default.

    Raises:
        HostColorError: it does not run; its old place, if there is one, still serves.
    """
    if change.replaces_in_place:
        _replace(change.wanted, world, deadline)
        return
    start(change.wanted, world, deadline)
    world.targets.register(change.wanted.place)
    if change.leaves is None:
        return
    judgment = _arrive(change.leaves, change.wanted.place, world, deadline)
    if judgment.verdict is Verdict.FAIL:
        world.targets.deregister(change.wanted.place)
        raise MoveError(f"{change.wanted.name} stays where it was: {judgment.reason}")
    leave(change.leaves, world, deadline)


def _replace(wanted: HostColor, world: World, deadline: float) -> None:
    world.targets.deregister(wanted.place)
    try:
        start(wanted, world, deadline)
    finally:
        world.targets.register(wanted.place)


def restore(change: Change, world: World, deadline: float) -> None:
    """Do the same in a rollback: CloudFormation ends the host that the color leaves, so it has to leave in any case.

    Raises:
        HostColorError: the command did not work; the target is back where it was all the same.
    """
    try:
        start(change.wanted, world, deadline)
    finally:
        world.targets.register(change.wanted.place)
        if change.leaves:
            _arrive(change.leaves, change.wanted.place, world, deadline)
            leave(change.leaves, world, deadline)


def start(wanted: HostColor, world: World, deadline: float) -> None:
    """Run the command on the host, and wait until it has ended.

    Raises:
        HostColorError: it could not be sent, it failed, or it did not end in time.
    """
    command_id = _send(wanted, world, deadline)
    instance = wanted.place.instance_id
    judgment = _poll(lambda _: judge_command(world.commands.look(command_id, instance)), world, deadline)
    if judgment.verdict is not Verdict.PASS:
        raise CommandError(f"{wanted.name} does not run {wanted.image} on {instance}: {judgment.reason}")


def leave(place: Place, world: World, deadline: float) -> None:
    """Take a place out of its target group, and wait while it drains: CloudFormation ends the old host soon after."""
    world.targets.deregister(place)

    def look(patience_left: bool) -> Judgment:
        done = drained(world.targets.health(place.target_group_arn), place) or not patience_left
        return passed(f"{place} was given up") if done else wait(f"{place} is draining")

    _poll(look, world, deadline)


def _arrive(old: Place, new: Place, world: World, deadline: float) -> Judgment:
    def look(patience_left: bool) -> Judgment:
        return judge_move(world.targets.health(new.target_group_arn), new, old, patience_left)

    judgment = _poll(look, world, min(deadline, world.now() + MOVE_SECONDS))
    log.info("looked at the new place", extra={"verdict": judgment.verdict, "reason": judgment.reason})
    return judgment


def _send(wanted: HostColor, world: World, deadline: float) -> str:
    """Send the command, again and again while the host is still booting."""
    started, pause = world.now(), FIRST_PAUSE_SECONDS
    while True:
        try:
            return world.commands.send(wanted)
        except NotSentError as error:
            if world.now() + pause >= min(deadline, started + error.patience_seconds):
                raise
        world.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _poll(look: Callable[[bool], Judgment], world: World, deadline: float) -> Judgment:
    """Look until a look is final or the deadline is here; the last look is told that no patience is left."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        patience_left = world.now() + pause < deadline
        judgment = look(patience_left)
        if judgment.final or not patience_left:
            return judgment
        world.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
