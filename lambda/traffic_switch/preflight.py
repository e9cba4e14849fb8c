"""Preflight: what must hold before a switch does anything at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from traffic_switch.contract import Color
from traffic_switch.image import KnownImage
from traffic_switch.model import Alarm, Live, RuleLook, Target, Weights, serving
from traffic_switch.one_way import leads_back, refusal
from traffic_switch.verdict import Judgment, Verdict, failed, passed

REPAIR = "`greenlight repair` puts it back"
LEFT_BEHIND = "the listener that served before HTTP and HTTPS changed places"
WHY = "somebody changed it, or a switch was held"


@dataclass(frozen=True)
class Scene:
    """What preflight saw. `remembered` is None when the journal knows of nothing live. `known` is the version's image,
    looked up where something live has passed a one-way door; `undo_one_way` the door that a person lets it undo.
    """

    color: Color
    version: str
    rule: RuleLook
    sticky: bool
    remembered: Live | None
    targets: Sequence[Target]
    alarms: Sequence[Alarm]
    known: KnownImage | None = None
    undo_one_way: str = ""


def judge(scene: Scene) -> Judgment:
    """Refuse with every reason at once, or say that the color is live already, or let the switch go on.

    A rule that differs from the journal refuses every switch (containers-roadmap #2853: ECS shifts without looking).
    """
    refusals = list(_refusals(scene))
    if refusals:
        return failed("; ".join(refusals))
    live = Live(scene.color, scene.version, Weights.all_on(scene.color))
    if scene.remembered == live:
        return Judgment(Verdict.NOOP, f"{scene.color} is live with version {scene.version} already")
    return passed(f"{scene.color} can be switched to")


def drift(rule: RuleLook, remembered: Live | None) -> str:
    """How the rule differs from what the journal remembers, and what to do; empty when it does not."""
    if remembered is None:
        if not rule.exists:
            return ""
        return (
            f"{rule}, but the journal remembers nothing live: somebody made the rule, or the journal was lost. "
            "Delete the rule if nobody uses it, or restore the journal's table"
        )
    if not rule.reads(remembered.weights):
        return f"{rule}, but the journal remembers {remembered.weights}: {WHY}. {REPAIR}"
    if rule.is_astray:
        return (
            f"the production rule is still on {LEFT_BEHIND}: the deploy that changes the front door moves it at its "
            "end, or `greenlight repair` does"
        )
    if rule.strays:
        return f"{LEFT_BEHIND} still has a production rule as well. {REPAIR}"
    if rule.misplaced:
        return f"the production rule is not as the settings say: {rule.misplaced}. {REPAIR}"
    return ""


def _refusals(scene: Scene) -> Iterator[str]:
    if difference := drift(scene.rule, scene.remembered):
        yield difference
    if scene.sticky:
        yield "stickiness is on, which would pin users to one color whatever the weights say: turn it off"
    if not serving(scene.targets):
        yield f"the {scene.color} target group has no targets: deploy a version to {scene.color} first"
    live = scene.remembered
    if live and leads_back(live, scene.version, scene.known) and scene.undo_one_way != live.door:
        yield refusal(live, scene.version)
    for alarm in scene.alarms:
        if alarm.state in ("ALARM", "MISSING"):
            yield f"alarm {alarm.name} is in state {alarm.state} before the switch: clear it or release another version"
