"""Whether the pipeline's connection to the repository can be used."""

from __future__ import annotations

from greenlight.delivery.connection import repair, trouble
from greenlight.doctor.finding import Finding, ok, problem


def judge_connection(arn: str, status: str | None) -> tuple[Finding, ...]:
    """Judge it by its status; None is one that is not there."""
    said = trouble(arn, status)
    return (problem(said, repair(status)) if said else ok("the pipeline's connection is confirmed"),)
