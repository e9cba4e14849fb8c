"""The parts of an act's plot; each draws into its own panel, on the time axis that they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from greenlight.rehearsal.report import figures
from greenlight.rehearsal.report.html.markup import Markup, join, tag
from greenlight.rehearsal.report.html.scale import Linear, Logarithmic, axis_end, decade_above, round_up
from greenlight.rehearsal.report.timeline import Timeline

INTERVALS = 5
LEAST_BAR = 3.0
"""One failure must be seen, whatever the scale."""


@dataclass(frozen=True)
class Panel:
    """A rectangle of the plot."""

    top: float
    height: float
    left: float
    right: float

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def below(self, gap: float, height: float) -> Panel:
        """Return the panel that comes under this one."""
        return Panel(self.bottom + gap, height, self.left, self.right)


def traffic_panel(timeline: Timeline, panel: Panel, x: Linear) -> Markup:
    """Stack the answers of blue, those of green, and the failures: together they are what was asked."""
    blue = timeline.blue
    green = [sum(pair) for pair in zip(blue, timeline.green, strict=True)]
    failed = [sum(pair) for pair in zip(green, timeline.failed, strict=True)]
    y = Linear(axis_end(max(failed), INTERVALS), panel.bottom, panel.top)
    layers = [("failed", failed, green), ("green", green, blue), ("blue", blue, [0.0] * len(blue))]
    return join(
        _grid(panel, ((y(tick), f"{tick:,.0f}") for tick in y.ticks(INTERVALS))),
        *(_layer(name, upper, lower, timeline, x, y) for name, upper, lower in layers),
        _caption(panel, "answers per second"),
    )


def failure_panel(timeline: Timeline, panel: Panel, x: Linear) -> Markup:
    """Draw a red bar for each step with failures, on a scale of their own."""
    worst = max(timeline.failed)
    y = Linear(round_up(worst), panel.bottom, panel.top)
    grid = _grid(panel, [(y(0), "0")] if not worst else [(y(0), "0"), (y(y.largest), f"{y.largest:,.4g}")])
    width = max(x(timeline.step_seconds) - x(0), 1.5)
    bars = [
        _bar(x(step * timeline.step_seconds), width, max(panel.bottom - y(value), LEAST_BAR), panel)
        for step, value in enumerate(timeline.failed)
        if value
    ]
    return join(grid, *bars, _caption(panel, "failed per second" if worst else "failed per second: none"))


def latency_panel(timeline: Timeline, panel: Panel, x: Linear) -> Markup:
    """Draw the 95th percentile of each step, with gaps where nothing ended."""
    values = [value for value in timeline.p95_ms if value is not None]
    y = Logarithmic(1.0, decade_above(max([100.0, *values])), panel.bottom, panel.top)
    points = [(x((step + 0.5) * timeline.step_seconds), value) for step, value in enumerate(timeline.p95_ms)]
    runs = [list(run) for known, run in groupby(points, key=lambda point: point[1] is not None) if known]
    lines = [tag("path", d=_path([(at, y(value or 0.0)) for at, value in run]), class_="p95") for run in runs]
    return join(_grid(panel, ((y(tick), _latency(tick)) for tick in y.ticks())), *lines, _caption(panel, "p95 latency"))


def time_axis(x: Linear, top: float) -> Markup:
    """Label the seconds since the load began."""
    marks = [
        join(
            tag("line", x1=x(tick), x2=x(tick), y1=top, y2=top + 4, class_="tick"),
            tag("text", f"{tick:g}", x=x(tick), y=top + 17, class_="axis middle"),
        )
        for tick in x.ticks(12)
    ]
    middle = (x.start + x.end) / 2
    return join(*marks, tag("text", "seconds since the load began", x=middle, y=top + 33, class_="axis middle"))


def hover_areas(timeline: Timeline, top: float, bottom: float, x: Linear) -> Markup:
    """Lay an invisible column over each step, which tells its figures to a pointer that rests on it."""
    width, height = x(timeline.step_seconds) - x(0), bottom - top
    return join(
        *(
            tag(
                "rect",
                tag("title", _figures(timeline, step)),
                x=left,
                y=top,
                width=width,
                height=height,
                class_="hover",
            )
            for step, left in ((step, x(step * timeline.step_seconds)) for step in range(len(timeline.blue)))
        )
    )


def _figures(timeline: Timeline, step: int) -> str:
    p95 = figures.milliseconds(timeline.p95_ms[step])
    rates = (
        f"blue {timeline.blue[step]:.0f}/s, green {timeline.green[step]:.0f}/s, failed {timeline.failed[step]:.4g}/s"
    )
    return f"{step * timeline.step_seconds:.2f} s: {rates}, p95 {p95}"


def _layer(
    name: str, upper: Sequence[float], lower: Sequence[float], timeline: Timeline, x: Linear, y: Linear
) -> Markup:
    """Draw the area between two lines, and the upper line where there is something under it."""
    if list(upper) == list(lower):
        return Markup("")
    above, below = _places(upper, timeline, x, y), _places(lower, timeline, x, y)
    area = _path([*above, *reversed(below)]) + "Z"
    return tag("path", d=area, class_=f"area {name}")


def _places(values: Sequence[float], timeline: Timeline, x: Linear, y: Linear) -> list[tuple[float, float]]:
    """Return the middle of each step, and the two ends of the axis so that the area fills it."""
    inner = [(x((step + 0.5) * timeline.step_seconds), y(value)) for step, value in enumerate(values)]
    return [(x(0), inner[0][1]), *inner, (x(timeline.seconds), inner[-1][1])]


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _grid(panel: Panel, marks: Iterable[tuple[float, str]]) -> Markup:
    lines = [
        join(
            tag("line", x1=panel.left, x2=panel.right, y1=y, y2=y, class_="grid"),
            tag("text", text, x=panel.left - 8, y=y + 4, class_="axis end"),
        )
        for y, text in marks
    ]
    return join(*lines)


def _caption(panel: Panel, text: str) -> Markup:
    return tag("text", text, x=panel.left + 1, y=panel.top - 6, class_="caption")


def _bar(x: float, width: float, height: float, panel: Panel) -> Markup:
    return tag("rect", x=x, y=panel.bottom - height, width=width, height=height, class_="failure")


def _latency(milliseconds: float) -> str:
    return f"{milliseconds:g} ms" if milliseconds < 1000 else f"{milliseconds / 1000:g} s"
