"""The report in a terminal."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from greenlight.rehearsal.report import figures
from greenlight.rehearsal.report.result import ActResult, ActVerdict, RehearsalReport
from greenlight.wording import printable

STYLES = {ActVerdict.PASS: "bold green", ActVerdict.FAIL: "bold red"}


def print_report(report: RehearsalReport, console: Console) -> None:
    """Print one line for each act, then what failed and why."""
    console.print()
    console.print(_table(report))
    for act in report.acts:
        if not act.passed:
            _print_failure(act, console)
    for note in report.notes:
        console.print(Text(printable(f"note: {note}"), "dim"))
    console.print(_closing(report))


def _table(report: RehearsalReport) -> Table:
    """What fits into 80 columns; the other figures are in the files."""
    title = f"Rehearsal on {escape(report.compute)}"
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.padding = (0, 1, 0, 0)
    table.add_column("Act", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    for heading in ("Time", "Requests", "Failed", "Shift", "Rollback", "p95"):
        table.add_column(heading, justify="right", no_wrap=True)
    for act in report.acts:
        table.add_row(*_row(act))
    return table


def _row(act: ActResult) -> list[Text]:
    cells = [
        figures.seconds(act.seconds),
        figures.count(act.requests),
        figures.count(act.failed_requests),
        figures.seconds(act.shift_seconds),
        figures.seconds(act.rollback_seconds),
        figures.milliseconds(act.p95_ms),
    ]
    return [Text(act.name), Text(act.verdict, STYLES[act.verdict]), *(Text(cell) for cell in cells)]


def _print_failure(act: ActResult, console: Console) -> None:
    console.print(Text.assemble((f"{act.name}: ", "bold red"), printable(act.reason or "no reason was given")))
    console.print(Text(f"  claimed: {act.claim}", "dim"))
    if act.log:
        console.print(Text(f"  log: {act.log}", "dim"), soft_wrap=True)


def _closing(report: RehearsalReport) -> Text:
    passed = sum(act.passed for act in report.acts)
    total = f"{passed} of {len(report.acts)} acts passed in {figures.seconds(report.wall_seconds)}"
    asked = f", {figures.count(report.requests)} requests"
    return Text.assemble((report.verdict.upper(), STYLES[report.verdict]), f"  {total}{asked}")
