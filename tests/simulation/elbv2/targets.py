"""Target groups, their targets, and how the load balancer comes to call a target healthy or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.kernel import Kernel

CHECK_SECONDS = 5.0
"""Between two health checks; a new target is healthy after one that passes, another change of mind takes two."""

WORDS = {
    "Elb.RegistrationInProgress": "Target registration is in progress",
    "Target.FailedHealthChecks": "Health checks failed",
    "Target.ResponseCodeMismatch": "Health checks failed with these codes: [500]",
    "Target.DeregistrationInProgress": "Target deregistration is in progress",
    "Target.NotInUse": "Target group is not configured to receive traffic from the load balancer",
    "Target.NotRegistered": "Target is not registered to the target group",
    "Target.Timeout": "Request timed out",
}


@dataclass
class Target:
    """One registered target. `changes` counts what was decided about it, so that older plans for it lapse."""

    id: str
    port: int
    state: str = "healthy"
    reason: str = ""
    changes: int = 0


@dataclass
class TargetGroup:
    """One target group. `up` says whether what runs behind it answers health checks."""

    arn: str
    port: int
    draining_seconds: float = 300.0
    attributes: dict[str, str] = field(default_factory=lambda: {"stickiness.enabled": "false"})
    targets: dict[tuple[str, int], Target] = field(default_factory=dict)
    up: bool = True


class Health:
    """Health checks of all target groups."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def register(self, group: TargetGroup, id_: str, port: int) -> None:
        """A target that is there already is left alone; a draining one is taken back."""
        target = group.targets.get((id_, port))
        if target is not None and target.state != "draining":
            return
        if target is not None:
            target.changes += 1
        target = group.targets[id_, port] = Target(id_, port, "initial", "Elb.RegistrationInProgress")
        self._later(target, CHECK_SECONDS, lambda: self._decide(group, target))

    def deregister(self, group: TargetGroup, id_: str, port: int) -> None:
        """It drains, and is gone afterwards."""
        target = group.targets.get((id_, port))
        if target is None or target.state == "draining":
            return
        target.state, target.reason = "draining", "Target.DeregistrationInProgress"
        self._later(target, group.draining_seconds, lambda: group.targets.pop((id_, port), None))

    def set_up(self, group: TargetGroup, up: bool) -> None:
        """What runs behind the group dies, or comes back; health checks notice after a while."""
        group.up = up
        for target in group.targets.values():
            if target.state != "draining":
                self._later(target, 2 * CHECK_SECONDS, lambda target=target: self._decide(group, target))  # type: ignore[misc]

    def _decide(self, group: TargetGroup, target: Target) -> None:
        target.state, target.reason = ("healthy", "") if group.up else ("unhealthy", "Target.FailedHealthChecks")

    def _later(self, target: Target, seconds: float, change: Callable[[], object]) -> None:
        target.changes += 1
        planned = target.changes
        self._kernel.at(seconds, lambda: change() if target.changes == planned else None)
