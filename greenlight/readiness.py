"""Whether a service may be changed, and whether it is as it was asked for: a scene in, a sentence out. Pure."""

from __future__ import annotations

from live_traffic.running_switch import refusal

from greenlight.plan import Plan
from greenlight.scene import Scene

SETTINGS_FIRST = "If cdk.json has other paths or another priority since the last deploy, `npx cdk deploy" + (
    " GreenlightSwitch` comes before that"
)


def unready(service: str, scene: Scene, now: float) -> str:
    """Why no release or rollback may begin, and what to do first; empty when one may."""
    if scene.lock:
        return refusal(service, scene.lock, now)
    if scene.drift:
        first = f". {SETTINGS_FIRST}" if scene.rule.misplaced else ""
        return f"{service}: {scene.drift}. Do that first{first}. Nothing was changed"
    return ""


def unrepairable(service: str, scene: Scene, now: float) -> str:
    """Why a repair cannot help, and what would; empty when it can, or when there is nothing to repair.

    A lock past its deadline is no reason: a repair takes it over, and settles what the dead switch left.
    """
    if scene.lock and scene.lock.deadline >= now:
        return refusal(service, scene.lock, now)
    if scene.damage or (scene.drift and scene.live is None):
        return f"{service}: {scene.drift}"
    return ""


def unmet(plan: Plan, scene: Scene) -> str:
    """How what is live differs from what was asked for, and what to do; empty when it does not.

    When another switch runs already, the rule may be otherwise again.
    """
    if scene.live == plan.wanted and (scene.lock or not scene.drift):
        return ""
    if scene.live == plan.wanted or scene.damage:
        return scene.drift
    return f"{scene.traffic}. `greenlight history` says what the switches did"
