"""One act on the page: what it claims, whether that held, its figures and its plot."""

from __future__ import annotations

from greenlight.rehearsal.report import figures
from greenlight.rehearsal.report.html.bands import bands
from greenlight.rehearsal.report.html.chart import chart
from greenlight.rehearsal.report.html.markup import Markup, join, tag
from greenlight.rehearsal.report.result import ActResult, ActVerdict

WORDS = {ActVerdict.PASS: "Pass", ActVerdict.FAIL: "Fail"}
LEGEND = (("blue", "blue answered"), ("green", "green answered"), ("failed", "failed"), ("p95", "p95 latency"))


def badge(verdict: ActVerdict) -> Markup:
    """Return the verdict as a word in its color; the word alone is enough."""
    return tag("span", WORDS[verdict], class_=f"badge {verdict}")


def card(act: ActResult, number: int) -> Markup:
    """Return the act's section."""
    return tag(
        "section",
        tag("header", tag("div", tag("h2", act.name), tag("p", act.claim, class_="claim")), badge(act.verdict)),
        tag("p", act.reason, class_=f"reason {act.verdict}") if act.reason else "",
        _tiles(act),
        _plot(act, number),
        _details(act),
        id=f"act-{number}",
        class_="card",
    )


def _tiles(act: ActResult) -> Markup:
    latency = act.latency_ms
    tiles = [
        ("Requests", figures.count(act.requests), ""),
        ("Failed", figures.count(act.failed_requests), "bad" if act.failed_requests else ""),
        ("Shift", figures.seconds(act.shift_seconds), ""),
        ("Rollback", figures.seconds(act.rollback_seconds), ""),
        ("Asked", figures.rate(act.offered_rate), ""),
        ("Answered", figures.rate(act.requests_per_second), ""),
        ("p50", figures.milliseconds(latency.p50 if latency else None), ""),
        ("p95", figures.milliseconds(act.p95_ms), ""),
        ("p99", figures.milliseconds(latency.p99 if latency else None), ""),
        ("Idle color answered", figures.count(act.idle_answers), "bad" if act.idle_answers else ""),
        ("Live", figures.change(act.live_before, act.live_after), ""),
        ("Stack", act.stack_status or figures.NONE, "wide"),
        ("Act took", figures.seconds(act.seconds), ""),
    ]
    known = [_tile(*tile) for tile in tiles if tile[1] != figures.NONE]
    return tag("dl", *known, class_="tiles")


def _tile(name: str, figure: str, kind: str) -> Markup:
    return tag("div", tag("dt", name), tag("dd", figure), class_=kind or None)


def _plot(act: ActResult, number: int) -> Markup:
    if act.timeline is None:
        return tag("p", "This act has no traffic of users.", class_="quiet")
    keys = (tag("li", tag("i", class_=f"key {kind}"), words) for kind, words in LEGEND)
    plot = tag("div", chart(act, act.timeline, f"chart-{number}"), class_="plot")
    return tag("figure", tag("ul", *keys, class_="legend"), plot)


def _details(act: ActResult) -> Markup:
    parts = [_phases(act), _counts("Answers by color", act.answers), _counts("Failures by kind", act.failures)]
    log = tag("p", "Log: ", tag("code", act.log)) if act.log else Markup("")
    if not any(parts) and not log:
        return Markup("")
    return tag("details", tag("summary", "Phases, counts and log"), tag("div", *parts, class_="columns"), log)


def _phases(act: ActResult) -> Markup:
    if not act.phases:
        return Markup("")
    start = act.timeline.starts_at if act.timeline else act.phases[0].at
    end = start + (act.timeline.seconds if act.timeline else act.seconds)
    rows = [
        _row(band.name, f"{band.starts:.2f} s", figures.seconds(band.seconds), band.detail)
        for band in bands(act.phases, start, end - start)
    ]
    return _table("Phases", ("Phase", "At", "Took", ""), rows)


def _counts(title: str, counts: object) -> Markup:
    if not isinstance(counts, dict) or not counts:
        return Markup("")
    return _table(
        title, ("", "Requests"), [_row(name.replace("_", " "), f"{count:,}") for name, count in counts.items()]
    )


def _table(title: str, headings: tuple[str, ...], rows: list[Markup]) -> Markup:
    head = tag("thead", tag("tr", *(tag("th", heading, scope="col") for heading in headings)))
    return tag("table", tag("caption", title), head, tag("tbody", *rows))


def _row(*cells: str) -> Markup:
    return join(tag("tr", *(tag("td", cell) for cell in cells)))
