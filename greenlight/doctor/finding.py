"""What a check has found: that all is well, that something is worth knowing, or that a deploy would fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """A warning does not fail the doctor; a problem does."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One line: what was found, and what repairs it."""

    status: Status
    said: str
    repair: str = ""
    is_checked: bool = True
    """Whether anything was looked at; nobody knows what a check that could not look would have found."""


@dataclass(frozen=True)
class Examined:
    """One check, with everything that it has found."""

    check: str
    findings: tuple[Finding, ...]


def ok(said: str) -> Finding:
    """All is well."""
    return Finding(Status.OK, said)


def warning(said: str, repair: str = "") -> Finding:
    """A deploy or a release would go through, but somebody should know."""
    return Finding(Status.WARNING, said, repair)


def unchecked(why: str, repair: str = "") -> Finding:
    """A check could not look."""
    return Finding(Status.WARNING, f"not checked: {why}", repair, is_checked=False)


def problem(said: str, repair: str) -> Finding:
    """A deploy or a release would fail, or would leave users without service."""
    return Finding(Status.PROBLEM, said, repair)


def has_problem(examined: Iterable[Examined]) -> bool:
    """Whether a deploy or a release would fail."""
    return any(finding.status is Status.PROBLEM for each in examined for finding in each.findings)


def one_or(findings: Iterable[Finding], well: str) -> tuple[Finding, ...]:
    """The findings, or that all is well when there are none."""
    return tuple(findings) or (ok(well),)
