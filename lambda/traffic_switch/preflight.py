"""Preflight: what must hold before a switch does anything at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from traffic_switch.contract import Color
from traffic_switch.model import Alarm, Live, Target, Weights, serving
from traffic_switch.verdict import Judgment, Verdict, failed, passed


@dataclass(frozen=True)
class Scene:
    """What preflight saw. `weights` is None when there is no production rule, `remembered` when nothing was live.

    `problem` says what is wrong with the shape of the rule, and is empty when nothing is.
    """

    color: Color
    version: str
    weights: Weights | None
    problem: str
    sticky: bool
    remembered: Live | None
    targets: Sequence[Target]
    alarms: Sequence[Alarm]


def judge(scene: Scene) -> Judgment:
    """Refuse with every reason at once, or say that the color is live already, or let the switch go on.

    A rule that differs from the journal refuses a switch to the other color (containers-roadmap #2853: ECS shifts
    without looking). A switch to the color that the journal calls live goes on: it is how drift is healed.
    """
    refusals = list(_refusals(scene))
    if refusals:
        return failed("; ".join(refusals))
    if _is_live(scene):
        return Judgment(Verdict.NOOP, f"{scene.color} is live with version {scene.version} already")
    return passed(f"{scene.color} can be switched to")


def _refusals(scene: Scene) -> Iterator[str]:
    if scene.problem:
        yield scene.problem
    if scene.sticky:
        yield "stickiness is on, which would pin users to one color whatever the weights say: turn it off"
    if drift := _drift(scene):
        yield drift
    if not serving(scene.targets):
        yield f"the {scene.color} target group has no targets: deploy a version to {scene.color} first"
    for alarm in scene.alarms:
        if alarm.state in ("ALARM", "MISSING"):
            yield f"alarm {alarm.name} is in state {alarm.state} before the switch: clear it or release another version"


def _drift(scene: Scene) -> str:
    known = scene.remembered
    if known is None or scene.weights == known.weights or scene.color is known.color:
        return ""
    now = f"the production rule has {scene.weights}" if scene.weights else "there is no production rule"
    return (
        f"{now}, but the journal remembers {known.weights}: somebody else changed it. "
        f"Release {known.color} again to put it back, then release {scene.color}"
    )


def _is_live(scene: Scene) -> bool:
    known = scene.remembered
    return (
        known is not None
        and scene.weights == Weights.all_on(scene.color)
        and known == Live(scene.color, scene.version, scene.weights)
    )
