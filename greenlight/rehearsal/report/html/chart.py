"""The plot of one act: answers per second by color, failures, and p95 latency, over the phases of the switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from greenlight.rehearsal.report.html.bands import Label, bands, labels
from greenlight.rehearsal.report.html.markup import Markup, join, tag
from greenlight.rehearsal.report.html.panels import (
    Panel,
    failure_panel,
    hover_areas,
    latency_panel,
    time_axis,
    traffic_panel,
)
from greenlight.rehearsal.report.html.scale import Linear
from greenlight.rehearsal.report.result import ActResult
from greenlight.rehearsal.report.timeline import Timeline

WIDTH, LEFT, RIGHT = 960.0, 60.0, 12.0
ROW, CAPTION = 17.0, 24.0
TRAFFIC, FAILURES, LATENCY, GAP, AXIS = 190.0, 30.0, 74.0, 20.0, 38.0


@dataclass(frozen=True)
class Layout:
    """The heights of the plot, from the top down."""

    rows: int

    @property
    def traffic(self) -> Panel:
        """Where the answers are."""
        return Panel(self.rows * ROW + CAPTION, TRAFFIC, LEFT, WIDTH - RIGHT)

    @property
    def failures(self) -> Panel:
        """Where the failures are."""
        return self.traffic.below(GAP, FAILURES)

    @property
    def latency(self) -> Panel:
        """Where the latency is."""
        return self.failures.below(GAP, LATENCY)

    @property
    def height(self) -> float:
        """The height of the whole."""
        return self.latency.bottom + AXIS


def chart(act: ActResult, timeline: Timeline, identity: str) -> Markup:
    """Return the plot as an SVG element with a title and a description for those who do not see it."""
    found = bands(act.phases, timeline.starts_at, timeline.seconds)
    placed = labels(found, LEFT, WIDTH - RIGHT - LEFT, timeline.seconds)
    layout = Layout(rows=max((label.row + 1 for label in placed), default=0))
    x = Linear(timeline.seconds, LEFT, WIDTH - RIGHT)
    return tag(
        "svg",
        tag("title", f"Traffic during {act.name}", id=f"{identity}-title"),
        tag("desc", describe(act, timeline), id=f"{identity}-desc"),
        traffic_panel(timeline, layout.traffic, x),
        failure_panel(timeline, layout.failures, x),
        latency_panel(timeline, layout.latency, x),
        time_axis(x, layout.latency.bottom),
        *_bands(placed, layout, x),
        hover_areas(timeline, layout.traffic.top, layout.latency.bottom, x),
        viewBox=f"0 0 {WIDTH:g} {layout.height:g}",
        role="img",
        aria_labelledby=f"{identity}-title {identity}-desc",
        class_="chart",
    )


def describe(act: ActResult, timeline: Timeline) -> str:
    """Say in words what the plot shows."""
    answers = ", ".join(f"{color} answered {count:,}" for color, count in act.answers.items()) or "nothing answered"
    found = bands(act.phases, timeline.starts_at, timeline.seconds)
    phases = ", ".join(f"{band.name} from {band.starts:.1f} s" for band in found) or "none"
    failed = f"{act.failed_requests or 0:,} requests failed"
    return f"Answers per second over {timeline.seconds:.1f} s: {answers}; {failed}. Phases: {phases}."


def _bands(placed: Sequence[Label], layout: Layout, x: Linear) -> list[Markup]:
    return [_band(label, number, layout, x) for number, label in enumerate(placed)]


def _band(label: Label, number: int, layout: Layout, x: Linear) -> Markup:
    band, baseline = label.band, label.row * ROW + ROW - 5
    left, right = x(band.starts), x(band.ends)
    kind = _kind(band.name) or ("even" if number % 2 else "odd")
    top, bottom = layout.traffic.top, layout.latency.bottom
    return join(
        tag("rect", x=left, y=top, width=max(right - left, 0.0), height=bottom - top, class_=f"band {kind}"),
        tag("line", x1=left, x2=left, y1=label.row * ROW + 3, y2=bottom, class_=f"edge {kind}"),
        tag("text", band.name, x=label.x, y=baseline, class_=f"phase {kind}"),
    )


def _kind(name: str) -> str | None:
    """Return the class of the phases that stand out: where traffic moves."""
    return next((kind for kind in ("shift", "rollback") if name.lower().startswith(kind)), None)
