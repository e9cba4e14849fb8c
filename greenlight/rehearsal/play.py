"""An act played: load on, watched from all sides, load off, judged."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from traffic_switch.contract import Color
from traffic_switch.model import Live

from greenlight.deployed import stack_status
from greenlight.errors import RehearsalError
from greenlight.follow import Follower
from greenlight.journal_view import SwitchView
from greenlight.rehearsal.acts.act import Act, Seen
from greenlight.rehearsal.promises import broken, snapshot
from greenlight.rehearsal.report.measure import with_traffic
from greenlight.rehearsal.report.result import ActResult, ActVerdict, Phase
from greenlight.rehearsal.stage import Outcome, Stage
from greenlight.rehearsal.traffic.analysis import rollback_seconds, shift_seconds
from greenlight.rehearsal.traffic.process import Traffic, TrafficOrder
from greenlight.rehearsal.traffic.record import Record
from greenlight.rehearsal.traffic.windows import LiveView

LEAD_SECONDS = 1.5
"""Load before and after the act, so that a report shows what it was like without it."""


@dataclass(frozen=True)
class Load:
    """What users do during an act: so many requests per second over so many connections."""

    rate: float
    connections: int


def play(stage: Stage, act: Act, load: Load) -> ActResult:
    """Play one act and return its figures and its verdict."""
    stage.progress.act(act.name, act.claim)
    started = time.monotonic()
    before = snapshot(stage)
    watch = _Watch(stage)
    outcome, records = _under_load(stage, act, load, watch)
    after = snapshot(stage)
    switch = watch.follower.seen
    seen = Seen(
        outcome=outcome,
        switch=switch,
        stack_status=stack_status("GreenlightRelease"),
        before=before.live,
        after=after.live,
        records=records,
        broken_promises=list(broken(before, after)),
    )
    result = _result(stage, act, seen, time.monotonic() - started)
    stage.progress.done(result.passed, result.reason)
    return result


class _Watch:
    """Looks at the journal and at the traffic, and shows both."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.follower = Follower(stage.deployed.journal, stage.service.name, stage.progress.phase)
        self.traffic: LiveView | None = None

    def look(self) -> None:
        """Look once."""
        self.follower.look()
        if weights := self._weights():
            self._stage.progress.weights(*weights)
        if self.traffic:
            live = self.traffic.look(time.time())
            self._stage.progress.traffic(live.rates, live.failures)

    def pause(self, seconds: float) -> None:
        """Let time pass, looking."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.look()
            time.sleep(0.2)

    def _weights(self) -> tuple[int, int] | None:
        scene = self._stage.deployed.scene(self._stage.service)
        return (scene.weights.blue, scene.weights.green) if scene.weights else None


def _under_load(stage: Stage, act: Act, load: Load, watch: _Watch) -> tuple[Outcome, Sequence[Record]]:
    order = TrafficOrder(
        url=stage.deployed.front_door_url,
        record=stage.place.record(act.name),
        rate=load.rate,
        connections=load.connections,
    )
    with Traffic(order, stage.place.logs / f"traffic-{act.name}.log") as traffic:
        watch.traffic = LiveView(traffic.tail)
        watch.pause(LEAD_SECONDS)
        outcome = act.perform(stage, watch.look)
        watch.pause(LEAD_SECONDS)
        return outcome, traffic.stop()


def _result(stage: Stage, act: Act, seen: Seen, seconds: float) -> ActResult:
    complaints = [*act.complaints(seen), *seen.broken_promises]
    result = ActResult(
        name=act.name,
        claim=act.claim,
        verdict=ActVerdict.FAIL if complaints else ActVerdict.PASS,
        seconds=seconds,
        shift_seconds=_shift_seconds(act, seen),
        rollback_seconds=rollback_seconds(seen.records) if act.new_color is None else None,
        stack_status=seen.stack_status,
        live_before=_shown(seen.before),
        live_after=_shown(seen.after),
        log=str(stage.place.logs),
        reason="; ".join(complaints) or (seen.switch.reason if seen.switch else ""),
        idle_answers=seen.answered_by(Color.GREEN) if act.name == "unhealthy" else None,
        phases=_phases(seen.switch),
    )
    return with_traffic(result, seen.records)


def _shift_seconds(act: Act, seen: Seen) -> float | None:
    if act.new_color is None or seen.switch is None or seen.switch.shifted_at is None:
        return None
    return shift_seconds(seen.records, seen.switch.shifted_at, act.new_color)


def _phases(switch: SwitchView | None) -> tuple[Phase, ...]:
    return tuple(Phase(name.capitalize(), at) for name, at in switch.phases.items()) if switch else ()


def _shown(live: Live | None) -> str | None:
    return f"{live.color} {live.version}" if live else None


def set_scene(stage: Stage, act: Act) -> None:
    """Bring about what an act begins with, when the act before did not."""
    live = stage.deployed.journal.live(stage.service.name)
    if live and live.color is act.starts_on:
        return
    stage.progress.note(f"preparing {act.name}: {act.starts_on} is to be live")
    assembly = "release" if act.starts_on is Color.GREEN else "undo"
    outcome = stage.deploy(assembly, lambda: None)
    if outcome.code:
        raise RehearsalError(f"{act.name} could not begin: {outcome.why}")
