"""Bake: is the color that now has the traffic as good as it must be?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from traffic_switch.config import Policy
from traffic_switch.model import Alarm, Target, healthy, serving
from traffic_switch.verdict import Judgment, failed, passed, wait

CERTAIN_Z = 2.576
"""Standard score of a two-sided 99 % interval: how sure a verdict on few samples must be."""

P95_MIN_SAMPLES = 200
"""Below 10 / (1 - 0.95) samples a P95 is not significant (CloudWatch user guide, percentiles in alarms)."""


@dataclass(frozen=True)
class Sample:
    """Requests seen by one witness since the shift: how many, how many failed, and the 95th percentile of latency.

    `p95_ms` is None when the witness has no latency yet.
    """

    witness: str
    requests: int
    failures: int
    p95_ms: float | None


@dataclass(frozen=True)
class Look:
    """Everything that one look of the bake saw. `metrics` is None when CloudWatch could not be read or is silent."""

    elapsed_seconds: float
    targets: Sequence[Target]
    alarms: Sequence[Alarm]
    probes: Sample
    metrics: Sample | None
    abort: str = ""


def judge(look: Look, policy: Policy) -> Judgment:
    """FAIL as soon as one witness is sure, PASS only at the end and with enough samples, WAIT otherwise.

    What is missing never passes: no metric, an unreadable alarm and too few samples are WAIT until the deadline,
    and FAIL after it (Flagger #1581: a misconfigured metric always passed).
    """
    if complaints := list(_complaints(look, policy)):
        return failed("; ".join(complaints))
    if look.elapsed_seconds < policy.bake_seconds:
        return wait(f"{_described(look)} after {look.elapsed_seconds:.0f} of {policy.bake_seconds:.0f} s")
    if gaps := list(_gaps(look, policy)):
        verdict = failed if look.elapsed_seconds >= policy.bake_deadline_seconds else wait
        return verdict(f"not enough is known after {look.elapsed_seconds:.0f} s: {'; '.join(gaps)}")
    return passed(f"{_described(look)} in {look.elapsed_seconds:.0f} s")


def _complaints(look: Look, policy: Policy) -> Iterator[str]:
    if look.abort:
        yield f"the operator aborted it: {look.abort}"
    yield from (f"alarm {alarm.name} is in state ALARM" for alarm in look.alarms if alarm.state == "ALARM")
    if complaint := _health_complaint(look.targets, policy):
        yield complaint
    for sample in filter(None, (look.metrics, look.probes)):
        yield from _sample_complaints(sample, policy)


def _health_complaint(targets: Sequence[Target], policy: Policy) -> str:
    counted = serving(targets)
    bad = [target for target in counted if target not in healthy(counted)]
    percent = 100 * len(bad) / len(counted) if counted else 100.0
    if percent <= policy.max_unhealthy_percent:
        return ""
    described = "; ".join(str(target) for target in bad) or "no target is registered"
    return f"{percent:.0f} % of the targets fail (allowed {policy.max_unhealthy_percent:g} %): {described}"


def _sample_complaints(sample: Sample, policy: Policy) -> Iterator[str]:
    percent = 100 * sample.failures / sample.requests if sample.requests else 0.0
    enough = sample.requests >= policy.bake_min_samples
    if percent > policy.max_error_percent and (enough or _surely_above(sample, policy.max_error_percent / 100)):
        yield (
            f"{sample.failures} of {sample.requests} requests failed by {sample.witness}: {percent:.1f} %, "
            f"allowed {policy.max_error_percent:g} %"
        )
    significant = sample.requests >= max(policy.bake_min_samples, P95_MIN_SAMPLES)
    if significant and sample.p95_ms is not None and sample.p95_ms > policy.max_p95_ms:
        yield f"P95 latency by {sample.witness} is {sample.p95_ms:.0f} ms, allowed {policy.max_p95_ms:g} ms"


def _surely_above(sample: Sample, share: float) -> bool:
    """Whether even the lower bound of Wilson's score interval (1927) is above the share: few samples, clear case."""
    n, z = sample.requests, CERTAIN_Z
    if n == 0:
        return False
    p = sample.failures / n
    center = p + z * z / (2 * n)
    margin = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (center - margin) / (1 + z * z / n) > share


def _gaps(look: Look, policy: Policy) -> Iterator[str]:
    if look.metrics is None:
        yield "CloudWatch has no metrics of this color"
    elif look.metrics.requests < policy.bake_min_samples:
        yield f"CloudWatch counted {look.metrics.requests} requests, wanted {policy.bake_min_samples}"
    yield from (f"alarm {alarm.name} is in state {alarm.state}" for alarm in look.alarms if alarm.state != "OK")


def _described(look: Look) -> str:
    counted = look.metrics or look.probes
    latency = f", P95 {counted.p95_ms:.0f} ms" if counted.p95_ms is not None else ""
    return f"{counted.failures} of {counted.requests} requests failed{latency}"
