"""The page: one file, without a script, without anything loaded from elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

from greenlight.rehearsal.report import figures
from greenlight.rehearsal.report.html.card import badge, card
from greenlight.rehearsal.report.html.markup import Markup, join, tag
from greenlight.rehearsal.report.result import ActResult, RehearsalReport

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page asks the browser to hold it to."""


def as_html(report: RehearsalReport) -> str:
    """Return the text of report.html."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"Greenlight rehearsal on {report.compute}: {report.verdict}"),
        tag("style", _style()),
    )
    cards = (card(act, number) for number, act in enumerate(report.acts, start=1))
    body = tag("body", tag("main", _masthead(report), _overview(report), *cards, _footnotes(report)))
    return join(Markup("<!doctype html>\n"), tag("html", head, body, lang="en"), Markup("\n"))


def _style() -> Markup:
    return Markup(files(__package__).joinpath("page.css").read_text(encoding="utf-8"))


def _masthead(report: RehearsalReport) -> Markup:
    passed = sum(act.passed for act in report.acts)
    facts = [
        f"{passed} of {len(report.acts)} acts passed",
        f"compute {report.compute}",
        f"{figures.count(report.requests)} requests",
        f"{figures.count(report.failed_requests)} failed",
        f"took {figures.seconds(report.wall_seconds)}",
    ]
    if report.started_at is not None:
        facts.append(f"{datetime.fromtimestamp(report.started_at, UTC):%Y-%m-%d %H:%M} UTC")
    return tag(
        "header",
        tag("div", tag("h1", "Greenlight rehearsal"), badge(report.verdict), class_="title"),
        tag("p", *(tag("span", fact) for fact in facts), class_="facts"),
        class_="masthead",
    )


def _overview(report: RehearsalReport) -> Markup:
    headings = ("", "Act", "Requests", "Failed", "Shift", "Rollback", "p95")
    head = tag("thead", tag("tr", *(tag("th", heading, scope="col") for heading in headings)))
    rows = (_overview_row(act, number) for number, act in enumerate(report.acts, start=1))
    return tag("div", tag("table", head, tag("tbody", *rows), class_="overview"), class_="card scroll")


def _overview_row(act: ActResult, number: int) -> Markup:
    cells = [
        figures.count(act.requests),
        figures.count(act.failed_requests),
        figures.seconds(act.shift_seconds),
        figures.seconds(act.rollback_seconds),
        figures.milliseconds(act.p95_ms),
    ]
    title = tag("td", tag("a", act.name, href=f"#act-{number}"), tag("small", act.claim))
    return tag("tr", tag("td", badge(act.verdict)), title, *(tag("td", cell, class_="figure") for cell in cells))


def _footnotes(report: RehearsalReport) -> Markup:
    notes = [
        *(f"Note: {note}." for note in report.notes),
        "A failed request is one that its user would call failed: no connection, a reset, no whole answer within the"
        " timeout, status 500 or above, a truncated body, or an answer that does not say which color gave it. Nothing"
        " is retried.",
        "Latency counts from the moment when a request was due on a schedule of constant rate, so a slow service"
        " cannot hide by slowing the questions down.",
        "Shift: from the state machine's write of the listener rule to the last answer of the old color. Rollback:"
        " from the first bad answer that a user got to the last.",
    ]
    return tag("footer", *(tag("p", note) for note in notes))
