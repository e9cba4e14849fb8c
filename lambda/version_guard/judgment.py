"""Whether a declaration may be deployed: facts in, judgment out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from live_traffic.running_switch import refusal
from traffic_switch.contract import Color
from traffic_switch.image import image_key
from traffic_switch.journal import Lock
from traffic_switch.model import Live
from traffic_switch.verdict import Judgment, failed, passed

from version_guard.model import Declaration
from version_guard.naming import Naming

Weights = Mapping[Color, int]
"""What each color gets by the rules of the listener."""


def judge_lock(service: str, changed: Collection[Color], lock: Lock | None, now: float) -> Judgment:
    """Refuse to change either color while a switch runs: it judges the one, and the other is its way back.

    `allow_live_change` does not help here: a switch that is to be disturbed can be aborted first.
    """
    if lock is None or not changed:
        return passed("no switch is disturbed")
    return failed(refusal(service, lock, now))


def judge_live(naming: Naming, weights: Weights, remembered: Live | None) -> Judgment:
    """Refuse to change the image of a color that users are on.

    A container that is replaced in place has no gate, no bake and no way back. Users are where the rules of the
    listener send them. Only if these send nobody to either color, the journal's word counts: the rule is missing then,
    and will be written again as the journal says.
    """
    live = [color for color in naming.changing if _is_live(color, weights, remembered)]
    if not live:
        return passed("no live color is changed")
    return failed("; ".join(_refusal(color, naming, weights) for color in live))


def contradictory(weights: Weights, remembered: Live | None) -> bool:
    """Whether the listener sends users, but none to the color that the journal calls live.

    Right after a shift that is an old answer of ELBv2, which is eventually consistent. If it stays, the listener is
    right: a failed switch is held on the other color, or a person moved the traffic.
    """
    return remembered is not None and any(weights.values()) and not weights[remembered.color]


def running_tags(wanted: Declaration, tags: Mapping[Color, str]) -> Mapping[str, Color]:
    """The tags that mark what runs, and the color each is for. The registry's lifecycle spares them."""
    return {tags[color]: color for color in wanted.versions}


def _is_live(color: Color, weights: Weights, remembered: Live | None) -> bool:
    if any(weights.values()):
        return weights[color] > 0
    return remembered is not None and remembered.color is color


def _refusal(color: Color, naming: Naming, weights: Weights) -> str:
    wanted, before = naming.wanted, naming.before
    old, new = before.versions[color] if before else "unknown", wanted.versions[color]
    if old == new:
        return _unsure(wanted.service, color, new, is_known=naming.known.get(new) is not None)
    live = "is live" if any(weights.values()) else "is live by the journal, though no rule sends it traffic, "
    keep = f"Keep {color}_version={old}: " if before else ""
    return (
        f"{wanted.service}: {color} {live} with version {old}, and this deployment would change it to {new} under its"
        f" users. {keep}{_advice(color.other, new, weights)}, or pass -c allow_live_change=true"
    )


def _unsure(service: str, color: Color, version: str, is_known: bool) -> str:
    item = image_key(service, version)
    why, cure = (
        (f"the journal's item {item} names it by a digest, but the stack by its tag", "Delete that item")
        if is_known
        else (f"the journal has no item {item}, which would say what image that is", "Restore that item")
    )
    return (
        f"{service}: {color} is live with version {version}, and {why}: this deployment could change it under its"
        f" users. {cure}, or pass -c allow_live_change=true, which starts what the tag names now"
    )


def _advice(other: Color, version: str, weights: Weights) -> str:
    if not any(weights.values()):
        return "run `greenlight repair`, which writes the rule again"
    if weights[other]:
        return "both colors have traffic though no switch runs, so run `greenlight repair` first"
    return f"deploy {version} to {other} and switch to it"
