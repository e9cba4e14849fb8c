"""An act played: load on, watched from all sides, load off, judged."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from traffic_switch.model import Live

from greenlight.deployed import stack_status
from greenlight.errors import OperatorError, RehearsalError
from greenlight.rehearsal.acts.act import Act, Seen
from greenlight.rehearsal.acts.performance import Performance
from greenlight.rehearsal.certificates import authority_file
from greenlight.rehearsal.journal import SwitchSeen
from greenlight.rehearsal.promises import broken
from greenlight.rehearsal.report.measure import with_traffic
from greenlight.rehearsal.report.result import ActResult, ActVerdict, Phase
from greenlight.rehearsal.snapshot import Lookout
from greenlight.rehearsal.stage import Stage
from greenlight.rehearsal.traffic.analysis import rollback_seconds, shift_seconds
from greenlight.rehearsal.traffic.paths import profile_of
from greenlight.rehearsal.traffic.process import Traffic, TrafficOrder
from greenlight.rehearsal.traffic.profile import write_profile
from greenlight.rehearsal.traffic.record import RequestRecord
from greenlight.rehearsal.traffic.windows import LiveView
from greenlight.waiting import wait_until

LEAD_SECONDS = 1.0
"""Load before and after the act, so that a report shows what it was like without it."""
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Load:
    """What users do during an act: so many requests per second over so many connections."""

    rate: float
    connections: int


def play(stage: Stage, act: Act, load: Load) -> ActResult:
    """Play one act and return its figures and its verdict."""
    stage.turn = act.service
    stage.progress.act(act.name, act.claim)
    started = time.monotonic()
    watch = _Watch(stage)
    performance = Performance(stage, watch.look)
    scene, stage.scene = stage.scene, ""
    records, problem = _under_load(stage, act, load, watch, performance)
    seen = _seen(act, performance, records)
    complaints = [problem] if problem else [*act.complaints(seen), *seen.broken_promises]
    result = _result(stage, act, seen, complaints, time.monotonic() - started)
    stage.scene = _scene_after(act, scene, result)
    stage.progress.done(result.passed, result.reason)
    return result


def _scene_after(act: Act, before: str, result: ActResult) -> str:
    if not act.scenes:
        return before
    return act.leaves if result.passed else ""


class _Watch:
    """Looks at the journal and at the traffic, and shows both."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.lookout = Lookout(stage)
        self._known = {switch.id for switch in self.lookout.switches()}
        self._told: dict[tuple[str, str], str] = {}
        self.traffic: LiveView | None = None

    def look(self) -> None:
        """Look once. What cannot be read is no news: the next look may read it."""
        try:
            self._show()
        except (BotoCoreError, ClientError, OSError):
            return

    def pause(self, seconds: float) -> None:
        """Let time pass, looking."""
        wait_until(self.look, seconds, POLL_SECONDS)

    def _show(self) -> None:
        for switch in self.lookout.switches():
            if switch.id not in self._known:
                self._tell(switch)
        _, weights = self.lookout.rule()
        if weights:
            self._stage.progress.weights(weights.blue, weights.green)
        if self.traffic:
            live = self.traffic.look(time.time())
            self._stage.progress.traffic(live.rates, live.failures)

    def _tell(self, switch: SwitchSeen) -> None:
        if switch.phase and self._told.get((switch.id, switch.phase)) != switch.said:
            self._told[switch.id, switch.phase] = switch.said
            self._stage.progress.phase(switch.phase, switch.said)


def _under_load(
    stage: Stage, act: Act, load: Load, watch: _Watch, performance: Performance
) -> tuple[Sequence[RequestRecord], str]:
    """Returns the record of the load, and what kept the act from being played to its end, if anything did."""
    profile = stage.place.profile(act.name)
    write_profile(profile_of(stage.service, stage.settings.services), profile)
    order = TrafficOrder(
        url=watch.lookout.outputs("Edge")["FrontDoorUrl"],
        record=stage.place.record(act.name),
        rate=load.rate * act.load_share,
        connections=load.connections,
        profile=str(profile),
        connect=watch.lookout.address(),
        authority=authority_file(stage.place.root),
        redirects=act.redirects,
    )
    performance.order = order
    problem = ""
    with Traffic(order, stage.place.logs / f"traffic-{act.name}.log", stage.processes) as traffic:
        watch.traffic = LiveView(traffic.tail)
        watch.pause(LEAD_SECONDS)
        try:
            act.perform(performance)
        except (BotoCoreError, ClientError, OperatorError, OSError) as error:
            problem = f"the act could not be played: {error}"
        watch.pause(LEAD_SECONDS)
        return traffic.stop(), problem


def _seen(act: Act, performance: Performance, records: Sequence[RequestRecord]) -> Seen:
    before, after, settings = performance.before, performance.lookout.snapshot(), performance.stage.settings
    return Seen(
        steps=dict(performance.steps),
        switches=after.since(before),
        messages=after.messages_since(before),
        stack_status=stack_status(performance.stage.settings.names.stack("Release")),
        before=before.live,
        after=after.live,
        records=records,
        more_records=performance.more_records,
        shopping=performance.shopping,
        broken_promises=tuple(broken(before, after, act.moves)),
        compute=settings.compute,
        compute_status=stack_status(settings.names.compute_stack(settings.compute)),
    )


def _result(stage: Stage, act: Act, seen: Seen, complaints: Sequence[str], seconds: float) -> ActResult:
    switch = seen.switch
    result = ActResult(
        name=act.name,
        claim=act.claim,
        verdict=ActVerdict.FAIL if complaints else ActVerdict.PASS,
        seconds=seconds,
        shift_seconds=_shift_seconds(act, seen),
        rollback_seconds=rollback_seconds(seen.records) if act.rolls_back else None,
        stack_status=seen.stack_status,
        live_before=_shown(seen.before),
        live_after=_shown(seen.after),
        log=str(stage.place.logs),
        reason="; ".join(complaints) or (switch.reason if switch else seen.outcome.why),
        idle_answers=seen.answered_by(act.idle) if act.idle else None,
        phases=_phases(switch),
    )
    return with_traffic(result, seen.records)


def _shift_seconds(act: Act, seen: Seen) -> float | None:
    if act.new_color is None or seen.switch is None or seen.switch.shifted_at is None:
        return None
    return shift_seconds(seen.records, seen.switch.shifted_at, act.new_color)


def _phases(switch: SwitchSeen | None) -> tuple[Phase, ...]:
    return tuple(Phase(name.capitalize(), at) for name, at in (switch.phases or {}).items()) if switch else ()


def _shown(live: Live | None) -> str | None:
    return f"{live.color} {live.version}" if live else None


def set_scene(stage: Stage, act: Act) -> None:
    """Bring about what an act begins with, unless the act before left just that, and wait until all is calm.

    Raises:
        RehearsalError: it could not be brought about.
    """
    stage.turn = act.service
    if act.scenes and stage.scene not in act.scenes:
        stage.progress.note(f"preparing {act.name}")
        outcome = stage.deploy(act.scenes[0], lambda: None)
        if outcome.code:
            raise RehearsalError(f"{act.name} could not begin: {outcome.why}")
        stage.scene = act.scenes[0]
    Performance(stage, lambda: None).calm()
