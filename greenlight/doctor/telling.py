"""What was found, for people and for programs: one line for each finding."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from greenlight_cdk.names import PRODUCTION, Names
from rich.console import Console
from rich.text import Text

from greenlight.doctor.finding import Examined, Finding, Status, has_problem
from greenlight.wording import at_stage, printable

MARKS = {Status.OK: ("✓", "green"), Status.WARNING: ("!", "yellow"), Status.PROBLEM: ("✗", "red")}


def show(examined: Sequence[Examined], console: Console, names: Names = PRODUCTION) -> None:
    """One line for each finding, and what they come to; its commands are those of the stage."""
    width = max(len(each.check) for each in examined)
    for each, finding in _findings(examined):
        mark, color = MARKS[finding.status]
        line = Text.assemble((mark, color), f" {each.check:<{width}}  ", at_stage(sentence(finding), names))
        console.print(line, soft_wrap=True)
    console.print(f"\n{summary(examined)}", highlight=False, soft_wrap=True)


def sentence(finding: Finding) -> str:
    """What was found, and its repair."""
    return printable(f"{finding.said}. Repair: {finding.repair}" if finding.repair else finding.said)


def summary(examined: Iterable[Examined]) -> str:
    """How many of each there are, and what that means for a deploy."""
    looked = list(examined)
    findings = [finding for _, finding in _findings(looked)]
    found = [finding.status for finding in findings]
    blind = _unchecked(looked)
    verdict = "nothing stands in the way of a deploy"
    if has_problem(looked):
        verdict = "a deploy or a release would fail"
    elif blind:
        verdict = f"{_count(blind, 'check')} could not look, so that nobody knows whether a deploy would fail"
    return (
        f"{_count(found.count(Status.PROBLEM), 'problem')}, {_count(found.count(Status.WARNING), 'warning')}: {verdict}"
    )


def document(examined: Iterable[Examined], names: Names = PRODUCTION) -> str:
    """The same as JSON."""
    looked = list(examined)
    findings: list[dict[str, Any]] = [
        {
            "check": each.check,
            "status": finding.status,
            "said": at_stage(finding.said, names),
            "repair": at_stage(finding.repair, names) or None,
        }
        for each, finding in _findings(looked)
    ]
    verdict = "fail" if has_problem(looked) else "pass"
    whole = {"stage": names.stage or None, "verdict": verdict, "unchecked": _unchecked(looked), "findings": findings}
    return json.dumps(whole, indent=2)


def _findings(examined: Iterable[Examined]) -> Iterator[tuple[Examined, Finding]]:
    return ((each, finding) for each in examined for finding in each.findings)


def _unchecked(examined: Iterable[Examined]) -> int:
    return sum(not finding.is_checked for _, finding in _findings(examined))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
