"""Bake: is the color that now has the traffic as good as it must be?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from traffic_switch.config import Policy
from traffic_switch.judging.findings import (
    Finding,
    claimed,
    own_detectable,
    own_findings,
    users_detectable,
    users_findings,
)
from traffic_switch.judging.looks import Batch, Period, Wiring
from traffic_switch.judging.schedule import is_watched_closely
from traffic_switch.model import Alarm, State, Target, healthy, serving
from traffic_switch.verdict import Judgment, failed, passed, wait


@dataclass(frozen=True)
class Look:
    """Everything that a bake knows at one look.

    Attributes:
        elapsed_seconds: since the shift.
        batches: the bake's own requests.
        users: CloudWatch's periods without the own requests.
        wiring: how well CloudWatch's periods show the own requests; None while there is none to tell by.
        targets, alarms: as they are now; None when they were not read, or could not be.
        objections: what fails the bake whatever was counted: an abort, a rule that changed, an answer from elsewhere.
        unread: what could not be read, and why.
    """

    elapsed_seconds: float
    batches: Sequence[Batch] = ()
    users: Sequence[Period] = ()
    wiring: Wiring | None = None
    targets: Sequence[Target] | None = None
    alarms: Sequence[Alarm] | None = None
    objections: Sequence[str] = ()
    unread: Sequence[str] = field(default=())


def judge(look: Look, policy: Policy) -> Judgment:
    """FAIL as soon as one witness is sure, PASS only at the end and when enough is known, WAIT otherwise.

    What is missing never passes: no metric, an unreadable alarm and too few requests are WAIT until the deadline, and
    FAIL after it (Flagger #1581: a misconfigured metric always passed).
    """
    own, users = own_findings(look.batches, policy), users_findings(look.users, policy)
    if complaints := [*_complaints(look, policy), *filter(None, (finding.complaint for finding in (*own, *users)))]:
        return failed("; ".join(complaints))
    seen = _described(own, users, look, policy)
    if _is_going_on(look, policy):
        return wait(f"{seen} after {look.elapsed_seconds:.0f} of {policy.bake_seconds:g} s")
    if gaps := list(_gaps(look, policy)):
        verdict = failed if look.elapsed_seconds >= policy.bake_deadline_seconds else wait
        return verdict(f"not enough is known after {look.elapsed_seconds:.0f} s: {'; '.join(gaps)}")
    return passed(f"{seen} in {look.elapsed_seconds:.0f} s")


def _is_going_on(look: Look, policy: Policy) -> bool:
    """Whether the time is not over, or the first requests are still being sent."""
    unfinished = bool(look.batches) and is_watched_closely(policy, look.batches, look.elapsed_seconds)
    return look.elapsed_seconds < policy.bake_seconds or unfinished


def surely_bad(batches: Sequence[Batch], policy: Policy) -> bool:
    """Whether the own requests alone are enough for a verdict."""
    return any(finding.is_sure for finding in own_findings(batches, policy))


def _complaints(look: Look, policy: Policy) -> Iterator[str]:
    yield from look.objections
    yield from (f"alarm {alarm.name} is in state ALARM" for alarm in look.alarms or () if alarm.state == "ALARM")
    if look.targets is not None and (complaint := _health_complaint(look.targets, policy)):
        yield complaint


def _health_complaint(targets: Sequence[Target], policy: Policy) -> str:
    counted = _counted(targets)
    bad = [target for target in counted if target not in healthy(counted)]
    percent = 100 * len(bad) / len(counted) if counted else 100.0
    if percent <= policy.max_unhealthy_percent:
        return ""
    described = "; ".join(str(target) for target in bad) or "no target is registered"
    return f"{percent:.0f} % of the targets fail (allowed {policy.max_unhealthy_percent:g} %): {described}"


def _counted(targets: Sequence[Target]) -> list[Target]:
    """The targets that count: not one replacement that is still being checked, while others serve."""
    counted = list(serving(targets))
    new = [target for target in counted if target.state == State.INITIAL]
    if new and healthy(counted):
        counted.remove(new[0])
    return counted


def _gaps(look: Look, policy: Policy) -> Iterator[str]:
    yield from look.unread or (["the targets' health or the alarms were not read"] if _is_blind(look) else [])
    yield from (f"alarm {alarm.name} is in state {alarm.state}" for alarm in look.alarms or () if alarm.state != "OK")
    if look.wiring is None:
        yield "CloudWatch has no period yet that surely holds own requests"
    elif not look.wiring.sound:
        yield (
            f"CloudWatch counted {look.wiring.counted:,} requests in a period of {look.wiring.own:,} own ones:"
            " these are not this color's metrics"
        )
    rate = own_detectable(look.batches, policy)
    if 100 * rate > policy.bake_must_detect_percent:
        yield (
            f"{sum(batch.requests for batch in look.batches):,} own requests would not have shown"
            f" {policy.bake_must_detect_percent:g} % of failures ({claimed(rate)})"
        )


def _is_blind(look: Look) -> bool:
    return look.targets is None or look.alarms is None


def _described(own: Sequence[Finding], users: Sequence[Finding], look: Look, policy: Policy) -> str:
    said_own = f"own requests: {_counts(own)} ({claimed(own_detectable(look.batches, policy))})"
    if not any(period.surely for period in look.users):
        return f"{said_own}; users' requests: none in CloudWatch"
    return f"{said_own}; users' requests: {_counts(users)} ({claimed(users_detectable(look.users, policy))})"


def _counts(findings: Sequence[Finding]) -> str:
    failures, slowness = findings
    return f"{failures.bad:,} of {failures.requests:,} failed, {slowness.bad:,} slow"
