"""Whether a declaration may be deployed: facts in, judgment out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from traffic_switch.contract import Color
from traffic_switch.model import Weights
from traffic_switch.verdict import Judgment, failed, passed

from version_guard.model import Declaration

RUNNING_PREFIX = "live-"


def judge_live(wanted: Declaration, before: Declaration | None, weights: Weights | None) -> Judgment:
    """Refuse to change the version of a color that users are on, in the middle of a shift even both.

    Without a rule nothing is live. A container that is replaced in place has no gate, no bake and no way back.
    """
    if before is None or weights is None or wanted.allow_live_change:
        return passed("no live color is changed, or it is allowed")
    changed = [color for color in wanted.changed_since(before) if weights.of(color) > 0]
    if not changed:
        return passed("no live color is changed")
    return failed("; ".join(_refusal(color, wanted, before, weights) for color in changed))


def judge_images(wanted: Declaration, repository: str, missing: Collection[str], newest: Sequence[str]) -> Judgment:
    """Refuse versions that have no image: a host or a task would find out only after the old container is gone."""
    if not missing:
        return passed("every declared version has an image")
    tags = " and ".join(f"{tag!r}" for tag in sorted(missing))
    have = f"the newest there are {', '.join(newest)}" if newest else "the repository is empty"
    return failed(
        f"{wanted.service}: there is no image {tags} in the repository {repository}; {have}."
        " Push the image first, or declare a version that is there"
    )


def unproved(wanted: Declaration, before: Declaration | None) -> set[str]:
    """The versions whose images have to be looked for: those that were not declared for the same color before."""
    return {wanted.versions[color] for color in wanted.changed_since(before)}


def running_tags(wanted: Declaration) -> Mapping[str, str]:
    """The tags that mark what runs, and the version each belongs on. The registry's lifecycle spares `live-*`."""
    return {f"{RUNNING_PREFIX}{color}": version for color, version in wanted.versions.items()}


def _refusal(color: Color, wanted: Declaration, before: Declaration, weights: Weights) -> str:
    old, new, idle = before.versions[color], wanted.versions[color], color.other
    advice = (
        f"deploy {new} to {idle} and switch to it"
        if weights.of(idle) == 0
        else "wait until the switch that runs now has ended"
    )
    return (
        f"{wanted.service}: {color} is live with version {old}, and this deployment would change it to {new} under its"
        f" users. Keep {color}_version={old}: {advice}, or pass -c allow_live_change=true"
    )
