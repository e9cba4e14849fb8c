"""Target health as Elastic Load Balancing tells it, from the outcomes of health checks.

A target that is new becomes healthy after one pass, but unhealthy only after as many failures as the threshold says.
Envoy would call it unhealthy from the start, so its outcomes are counted here instead of its verdicts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum

from greenlight.rehearsal.balancer.clusters import METADATA
from greenlight.rehearsal.balancer.snapshot import HealthCheck


class TargetState(StrEnum):
    """The states of a target that an Application Load Balancer knows."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNUSED = "unused"
    DRAINING = "draining"


@dataclass(frozen=True)
class Health:
    """A state, and why: reason and description are empty for a healthy target."""

    state: TargetState
    reason: str = ""
    description: str = ""


REGISTERING = Health(TargetState.INITIAL, "Elb.RegistrationInProgress", "Target registration is in progress")
CHECKING = Health(TargetState.INITIAL, "Elb.InitialHealthChecking", "Initial health checks in progress")
HEALTHY = Health(TargetState.HEALTHY)
DRAINING = Health(TargetState.DRAINING, "Target.DeregistrationInProgress", "Target deregistration is in progress")
NOT_REGISTERED = Health(TargetState.UNUSED, "Target.NotRegistered", "Target is not registered to the target group")
NOT_IN_USE = Health(
    TargetState.UNUSED, "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"
)


class Failure(StrEnum):
    """How a health check failed."""

    CODE = "code"
    TIMEOUT = "timeout"
    CONNECTION = "connection"


@dataclass(frozen=True)
class CheckOutcome:
    """One health check of one target."""

    target_group: str
    target: str
    failure: Failure | None = None
    status: int = 0


@dataclass(frozen=True)
class CheckRecord:
    """What the checks of one target have shown so far: its state, and the unbroken run of outcomes that led here."""

    health: Health = REGISTERING
    passes: int = 0
    failures: int = 0


_FAILURES = {"ACTIVE": Failure.CODE, "NETWORK_TIMEOUT": Failure.TIMEOUT, "NETWORK": Failure.CONNECTION}


def read_outcome(line: str) -> CheckOutcome | None:
    """Read a line of Envoy's health check events; None for an event that is not the outcome of one check."""
    event = json.loads(line)
    target = event["metadata"]["filter_metadata"][METADATA]["target"]
    if "successful_health_check_event" in event:
        return CheckOutcome(event["cluster_name"], target)
    failed = event.get("health_check_failure_event")
    if failed is None:
        return None
    return CheckOutcome(event["cluster_name"], target, _FAILURES[failed["failure_type"]], failed["http_status_code"])


def advance(record: CheckRecord, outcome: CheckOutcome, check: HealthCheck) -> CheckRecord:
    """Count one outcome, and change the state when its threshold is reached."""
    if outcome.failure is None:
        passed = replace(record, passes=record.passes + 1, failures=0)
        needed = 1 if record.health.state is TargetState.INITIAL else check.healthy_count
        return replace(passed, health=HEALTHY) if passed.passes >= needed else passed
    failed = replace(record, passes=0, failures=record.failures + 1)
    if failed.failures >= check.unhealthy_count or record.health.state is TargetState.UNHEALTHY:
        return replace(failed, health=_unhealthy(outcome))
    return replace(failed, health=CHECKING) if record.health.state is TargetState.INITIAL else failed


def _unhealthy(outcome: CheckOutcome) -> Health:
    match outcome.failure:
        case Failure.CODE:
            codes = f"Health checks failed with these codes: [{outcome.status}]"
            return Health(TargetState.UNHEALTHY, "Target.ResponseCodeMismatch", codes)
        case Failure.TIMEOUT:
            return Health(TargetState.UNHEALTHY, "Target.Timeout", "Request timed out")
    return Health(TargetState.UNHEALTHY, "Target.FailedHealthChecks", "Health checks failed")
