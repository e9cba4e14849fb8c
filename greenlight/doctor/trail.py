"""Whether people would hear of a stranger's call: `security: strict` listens to CloudTrail, which is the account's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from greenlight.doctor.finding import Finding, ok, problem


@dataclass(frozen=True)
class Trail:
    """A trail that covers this region: whether it logs, and whether it logs writes of the control plane."""

    name: str
    is_logging: bool
    logs_writes: bool


def judge_trail(trails: Sequence[Trail], is_strict: bool) -> tuple[Finding, ...]:
    """Judge the trails (EventBridge user guide, AWS service events delivered via CloudTrail: one has to log)."""
    if not is_strict:
        return (ok("security is standard: nobody listens to CloudTrail"),)
    if any(trail.is_logging and trail.logs_writes for trail in trails):
        return (ok("a trail logs what is called: strangers are told of"),)
    told = ", ".join(trail.name for trail in trails) or "there is none"
    return (
        problem(
            f"no trail logs management events of this region ({told}): a stranger's call pages nobody",
            "`aws cloudtrail start-logging --name TRAIL`, or make one that logs write events of every region",
        ),
    )
