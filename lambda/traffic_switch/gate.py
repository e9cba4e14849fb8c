"""The gate: the condition on target health before any traffic moves."""

from __future__ import annotations

from collections.abc import Sequence

from traffic_switch.config import Policy
from traffic_switch.model import State, Target, healthy, serving
from traffic_switch.verdict import Judgment, failed, passed, wait


def judge(targets: Sequence[Target], streak: int, elapsed_seconds: float, policy: Policy) -> tuple[Judgment, int]:
    """Return the verdict on one look at the idle color, and how many good looks in a row there now are.

    One good look is not enough: a target that was just registered is called healthy after a single passed check
    (ELB user guide, target group health checks). Every target must be healthy, not just enough of them: a
    half-healthy color would serve errors the moment it got traffic.
    """
    counted = serving(targets)
    if hopeless := _hopeless(counted):
        return failed(hopeless), 0
    good = len(healthy(counted))
    if good == len(counted) and good >= policy.gate_min_healthy:
        return _on_good_look(good, streak + 1, policy)
    return _on_bad_look(counted, good, elapsed_seconds, policy), 0


def _hopeless(counted: Sequence[Target]) -> str:
    if not counted:
        return "no target is registered in the target group: deploy a version to this color first"
    unused = [target for target in counted if target.state == State.UNUSED]
    if unused:
        return f"{unused[0]}: no listener rule refers to the target group, so the preview rule is missing"
    return ""


def _on_good_look(good: int, streak: int, policy: Policy) -> tuple[Judgment, int]:
    progress = f"{good} of {good} targets healthy, {streak} of {policy.gate_consecutive} looks in a row"
    return (passed(progress) if streak >= policy.gate_consecutive else wait(progress)), streak


def _on_bad_look(counted: Sequence[Target], good: int, elapsed_seconds: float, policy: Policy) -> Judgment:
    seen = "; ".join(str(target) for target in counted if target.state != State.HEALTHY)
    shortfall = f"{good} of {max(len(counted), policy.gate_min_healthy)} targets healthy"
    detail = f"{shortfall} after {elapsed_seconds:.0f} s" + (f": {seen}" if seen else "")
    return failed(detail) if elapsed_seconds >= policy.gate_deadline_seconds else wait(detail)
