"""An act while it is played: its commands, what is done in the middle of one, and what was seen after each."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import boto3

from greenlight import cdk
from greenlight.errors import RehearsalError
from greenlight.rehearsal.shoppers.judgment import Shopping
from greenlight.rehearsal.snapshot import Lookout, Snapshot
from greenlight.rehearsal.stage import CommandOutcome, Stage
from greenlight.rehearsal.traffic.process import Traffic, TrafficOrder
from greenlight.rehearsal.traffic.record import RequestRecord
from greenlight.waiting import awaited

SETTLING_SECONDS = 60.0
"""A switch that was killed is taken back within this; production's own patience needs more, and gets it."""
PATIENT_SETTLING_SECONDS = 600.0
CALM_SECONDS = 300.0
"""An alarm that rang has cleared by then: it needs three of its periods without traffic."""
POLL_SECONDS = 0.2
DONE = CommandOutcome(0, "")


@dataclass(frozen=True)
class Step:
    """One thing that was done: how it ended, and how everything looked before and afterwards."""

    outcome: CommandOutcome
    before: Snapshot
    after: Snapshot


@dataclass
class Performance:
    """The stage as an act uses it. `look` is called while anything takes time, so that the terminal shows it."""

    stage: Stage
    look: Callable[[], None]
    steps: dict[str, Step] = field(default_factory=dict)
    order: TrafficOrder | None = None
    """The load that the act is played under; none while a scene is set."""
    more_records: dict[str, Sequence[RequestRecord]] = field(default_factory=dict)
    shopping: Shopping | None = None

    def __post_init__(self) -> None:
        self.lookout = Lookout(self.stage)
        self.before = self.lookout.snapshot()

    def deploy(self, assembly: str, meanwhile: Meanwhile | None = None) -> Step:
        """`cdk deploy --all` of a set of flags, as an operator or a pipeline runs it."""
        return self.run(assembly, self.deployment(assembly), meanwhile)

    def greenlight(self, step: str, *arguments: str) -> Step:
        """One command of ours, in the project's copy, as an operator types it."""
        return self.run(step, ours(*arguments))

    def destroy(self, step: str, assembly: str) -> Step:
        """`cdk destroy` of the release stack."""
        return self.run(step, destruction(self.stage, assembly))

    def run(self, step: str, command: Sequence[str], meanwhile: Meanwhile | None = None) -> Step:
        """Run a command to its end, and whatever is to happen while it runs; wait until everything has settled."""
        before = self.lookout.snapshot()
        if meanwhile is not None:
            meanwhile.begin(self)
        outcome = self.stage.run(command, step, self._looking(meanwhile))
        if meanwhile is not None:
            meanwhile.end(self)
        return self.note(step, outcome, before)

    @contextmanager
    def more_load(self, name: str, **differently: Any) -> Iterator[None]:
        """The same load once more, with other fields of `TrafficOrder`; its record is kept by name."""
        if self.order is None:
            raise RehearsalError(f"there is no load that {name} could be like")
        place = self.stage.place
        connect = Lookout(self.stage).address()
        same = replace(self.order, record=place.record(name), connect=connect, redirects=False)
        order = replace(same, **differently)
        with Traffic(order, place.logs / f"traffic-{name}.log", self.stage.processes) as traffic:
            yield
            self.more_records[name] = traffic.stop()

    def beside(self, step: str, command: Sequence[str]) -> Step:
        """Run a command while another one runs: in a thread of its own, and without waiting for anything afterwards."""
        before = self.lookout.snapshot()
        outcome = self.stage.run(command, step, lambda: None)
        self.steps[step] = Step(outcome, before, self.lookout.snapshot())
        return self.steps[step]

    def note(self, step: str, outcome: CommandOutcome = DONE, before: Snapshot | None = None) -> Step:
        """Look at everything, once it has settled, and remember it as a step."""
        self.steps[step] = Step(outcome, before or self.before, self.settled())
        return self.steps[step]

    def deployment(self, assembly: str) -> list[str]:
        """The command line of a deploy, once its templates are there."""
        self.stage.await_assembly(assembly)
        return cdk.deploy([], assembly=self.stage.place.assembly(assembly), may_widen=True)

    def pause(self, seconds: float) -> None:
        """Let time pass under load."""
        self.until(lambda _: False, seconds)

    def settled(self) -> Snapshot:
        """Wait until nothing is on its way any more. What still is after a while, the promises will name."""
        patience = PATIENT_SETTLING_SECONDS if self.stage.real_time else SETTLING_SECONDS
        return self.until(lambda seen: seen.is_settled, patience)

    def calm(self) -> Snapshot:
        """Wait until an act, or what an act releases next, may begin."""
        return self.until(lambda seen: seen.is_calm, CALM_SECONDS)

    def until(self, holds: Callable[[Snapshot], bool], seconds: float) -> Snapshot:
        """Look until something holds, or the time is over, and return the last look."""

        def look() -> Snapshot:
            self.look()
            return self.lookout.snapshot()

        return awaited(look, holds, seconds, POLL_SECONDS)

    def _looking(self, meanwhile: Meanwhile | None) -> Callable[[], None]:
        def look() -> None:
            self.look()
            if meanwhile is not None:
                meanwhile.look(self)

        return look


class Meanwhile:
    """Something that is done once in the middle of a command: when the release that it asked for reaches a phase."""

    def __init__(self, phase: str, act: Callable[[Performance], None]) -> None:
        self._phase, self._act = phase, act
        self._known = 0
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    def begin(self, performance: Performance) -> None:
        """Remember which switches there are already."""
        self._known = len(performance.lookout.switches())

    def look(self, performance: Performance) -> None:
        """Do it, beside the command, when the time has come."""
        if self._thread is not None:
            return
        if any(switch.reached(self._phase) for switch in performance.lookout.switches()[self._known :]):
            self._thread = threading.Thread(target=self._do, args=(performance,), name="meanwhile", daemon=True)
            self._thread.start()

    def end(self, performance: Performance) -> None:
        """Wait for it. If the time never came, the step that it would have noted is missing, and the act says so."""
        if self._thread is not None:
            while self._thread.is_alive():
                performance.look()
                self._thread.join(POLL_SECONDS)
        if self._error is not None:
            raise self._error

    def _do(self, performance: Performance) -> None:
        try:
            self._act(performance)
        except Exception as error:
            self._error = error


def deployed(assembly: str) -> Callable[[Performance], None]:
    """An act that is one plain deploy."""

    def perform(performance: Performance) -> None:
        performance.deploy(assembly)

    return perform


def ours(*arguments: str) -> list[str]:
    """The command line of `greenlight`."""
    return [sys.executable, "-m", "greenlight", *arguments]


def destruction(stage: Stage, assembly: str) -> list[str]:
    """The command line of `cdk destroy` for the release stack alone."""
    stage.await_assembly(assembly)
    options = ["--force", "--no-notices", "--app", str(stage.place.assembly(assembly))]
    return cdk.command("destroy", stage.settings.names.stack("Release"), "--exclusively", *options)


def client(service: str) -> Any:
    """A client of the local AWS API."""
    return boto3.client(service)  # type: ignore[call-overload]
