"""How a color comes to run an image: commands on the host, its target registered, its old place given up."""

from __future__ import annotations

import logging

from custom_resource.patience import Patience
from custom_resource.request import Kind
from live_traffic.running_switch import refusal
from traffic_switch.verdict import Judgment, Verdict, passed, wait

from host_color.command import carry_out, poll
from host_color.errors import MoveError, SwitchRunsError
from host_color.judgment import Invocation, drained, judge_move, registered, runs_already
from host_color.model import Change, Place, Step
from host_color.world import World

log = logging.getLogger(__name__)

MOVE_SECONDS = 300.0
"""How long a color may take to get healthy on a new host: the slowest application, and the checks that prove it."""


class Procedure:
    """One change, to be made within `seconds`. Making it twice is the same as making it once."""

    def __init__(self, change: Change, world: World, seconds: float) -> None:
        self._change = change
        self._wanted = change.wanted
        self._world = world
        self._clock = world.surroundings
        self._deadline = self._clock.monotonic() + seconds
        self._patience = Patience(world.surroundings, seconds)

    def run(self) -> None:
        """Make the color run its image where it should.

        A new target is registered only after the container was started, so that a new host gets no request too early.
        Health is the gate's business, except when the color leaves another place: then users may be on it.

        Raises:
            HostColorError: it does not run; its old place, if there is one, still serves.
        """
        if runs_already(self._carry_out(Step.PREPARE), self._wanted):
            self._register_if_absent()
        elif self._change.kind is Kind.UPDATE and self._change.leaves is None:
            self._replace()
        else:
            self._carry_out(Step.RUN)
            self._world.targets.register(self._wanted.place)
        if self._change.leaves:
            self._move(self._change.leaves)

    def restore(self) -> None:
        """Do the same in a rollback: CloudFormation ends the host that the color leaves, so it leaves in any case.

        Raises:
            HostColorError: the command did not work; the target is back where it was all the same.
        """
        try:
            self._carry_out(Step.RUN)
        finally:
            self._world.targets.register(self._wanted.place)
            if self._change.leaves:
                self._arrive(self._change.leaves)
                self._leave(self._change.leaves)

    def _carry_out(self, step: Step) -> Invocation:
        return carry_out(step, self._wanted, self._world, self._deadline)

    def _replace(self) -> None:
        """Replace the container where it is registered.

        Its target is deregistered meanwhile: it would otherwise be called healthy on the strength of the old container
        until enough checks of the new one have failed, a minute and a half by default. A color that has users stays
        in its group: without a target they would all get an error until the new container has started.
        """
        self._require_no_switch()
        has_users = self._has_users()
        try:
            if not has_users:
                self._world.targets.deregister(self._wanted.place)
            self._carry_out(Step.RUN)
        finally:
            self._world.targets.register(self._wanted.place)

    def _require_no_switch(self) -> None:
        """The version guard looked before, perhaps minutes ago: a switch may have begun since."""
        service = self._wanted.service
        lock = self._patience(lambda: self._world.lock(service))
        if lock is not None:
            raise SwitchRunsError(f"{self._wanted.name} was not touched. {refusal(service, lock, self._clock.now())}")

    def _has_users(self) -> bool:
        weights = self._patience(lambda: self._world.weights(self._change.listener_arn))
        return weights.get(self._wanted.place.target_group_arn, 0) > 0

    def _register_if_absent(self) -> None:
        place = self._wanted.place
        if not registered(self._world.targets.health(place.target_group_arn), place):
            self._world.targets.register(place)

    def _move(self, old: Place) -> None:
        judgment = self._arrive(old)
        if judgment.verdict is Verdict.FAIL:
            self._world.targets.deregister(self._wanted.place)
            raise MoveError(f"{self._wanted.name} stays where it was: {judgment.reason}")
        self._leave(old)

    def _arrive(self, old: Place) -> Judgment:
        new = self._wanted.place

        def look(patience_left: bool) -> Judgment:
            return judge_move(self._world.targets.health(new.target_group_arn), new, old, patience_left)

        judgment = poll(look, self._clock, min(self._deadline, self._clock.monotonic() + MOVE_SECONDS))
        log.info("looked at the new place", extra={"verdict": judgment.verdict, "reason": judgment.reason})
        return judgment

    def _leave(self, place: Place) -> None:
        """Take a place out of its group, and wait while it drains: CloudFormation ends the old host soon after."""
        self._world.targets.deregister(place)

        def look(patience_left: bool) -> Judgment:
            done = drained(self._world.targets.health(place.target_group_arn), place) or not patience_left
            return passed(f"{place} was given up") if done else wait(f"{place} is draining")

        poll(look, self._clock, self._deadline)
