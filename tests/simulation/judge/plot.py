"""The plot of docs/judge.svg, as plain SVG: chance of a rollback, and seconds to the verdict, by the true rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tests.simulation.judge.figures import Cell, Figures

WIDTH, HEIGHT = 460, 300
LEFT, TOP, RIGHT, BOTTOM = 48, 34, 16, 44
RATES = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
SECONDS = (5, 10, 20, 50, 100, 200, 400)
TRAFFIC_COLORS = {0.0: "#444444", 1.0: "#9ecae1", 10.0: "#4292c6", 100.0: "#2171b5", 1000.0: "#08306b"}

Point = tuple[float, float]


@dataclass(frozen=True)
class Panel:
    """A place for lines: both axes map values to pixels; the horizontal one is logarithmic."""

    left: float
    title: str
    low: float
    high: float
    is_log: bool

    def x(self, rate: float) -> float:
        """Where a rate in percent stands."""
        share = math.log(rate / RATES[0]) / math.log(RATES[-1] / RATES[0])
        return self.left + LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Where a value stands."""
        low, high, at = (math.log(v) if self.is_log else v for v in (self.low, self.high, value))
        return HEIGHT - BOTTOM - (at - low) / (high - low) * (HEIGHT - TOP - BOTTOM)


def plot(figures: Mapping[Cell, Figures]) -> str:
    """The whole picture."""
    chance = Panel(0, "bakes that roll back, in percent", 0, 100, is_log=False)
    seconds = Panel(WIDTH, "seconds from the shift to the verdict: median, and 95 of 100", 5, 450, is_log=True)
    parts = [*_frame(chance, (0, 20, 40, 60, 80, 100)), *_frame(seconds, SECONDS)]
    parts += [*_limit(chance), *_limit(seconds), *_chances(chance, figures), *_seconds(seconds, figures)]
    style = "text{font:11px sans-serif;fill:#333}.t{font-weight:bold}.g{stroke:#ddd}.l{fill:none;stroke-width:1.8}"
    size = f'width="{2 * WIDTH}" height="{HEIGHT}" viewBox="0 0 {2 * WIDTH} {HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="Operating characteristic">'
    background = f'<rect width="{2 * WIDTH}" height="{HEIGHT}" fill="white"/>'
    return "\n".join([head, f"<style>{style}</style>", background, *parts, "</svg>"]) + "\n"


def _frame(panel: Panel, values: Sequence[float]) -> Iterator[str]:
    yield _text(panel.left + LEFT, 18, panel.title, "t")
    for value in values:
        y = panel.y(value)
        yield _line(panel.x(RATES[0]), y, panel.x(RATES[-1]), y)
        yield _text(panel.left + LEFT - 6, y + 4, f"{value:g}", anchor="end")
    for rate in RATES:
        x = panel.x(rate)
        yield _line(x, panel.y(panel.low), x, panel.y(panel.high))
        yield _text(x, HEIGHT - BOTTOM + 16, f"{rate:g}", anchor="middle")
    middle = panel.left + (WIDTH + LEFT - RIGHT) / 2
    yield _text(middle, HEIGHT - 8, "true percentage of failing requests", anchor="middle")


def _limit(panel: Panel) -> Iterator[str]:
    x = panel.x(1)
    yield f'<path class="l" stroke="#d62728" stroke-dasharray="4 3" d="M{x:.1f},{panel.y(panel.low):.1f}V{TOP}"/>'
    yield _text(x - 4, TOP + 10, "limit", anchor="end")


def _chances(panel: Panel, figures: Mapping[Cell, Figures]) -> Iterator[str]:
    both = _points(figures, "both", 0.0, lambda found: 100 * found.share)
    yield _path(panel, both, TRAFFIC_COLORS[0.0])
    for traffic in (1.0, 10.0, 100.0, 1000.0):
        points = _points(figures, "users", traffic, lambda found: 100 * found.share)
        yield _path(panel, points, TRAFFIC_COLORS[traffic], dashed=True)
    legend = [("own requests too", 0.0), *((f"users only, {t:,g}/s", t) for t in (1000.0, 100.0, 10.0, 1.0))]
    for at, (words, traffic) in enumerate(legend):
        x, y = panel.x(9.5), panel.y(60) + 15 * at
        yield f'<path class="l" stroke="{TRAFFIC_COLORS[traffic]}" d="M{x:.1f},{y - 4:.1f}h18"/>'
        yield _text(x + 22, y, words)


def _seconds(panel: Panel, figures: Mapping[Cell, Figures]) -> Iterator[str]:
    for scene, traffic in (("both", 0.0), ("users", 100.0)):
        for late in (False, True):
            points = _points(figures, scene, traffic, partial(_moment, late=late))
            yield _path(panel, points, TRAFFIC_COLORS[traffic], dashed=late)
    yield _text(panel.x(4), panel.y(60), "own requests too", anchor="start")
    yield _text(panel.x(4), panel.y(260), "users only, 100/s", anchor="start")


def _moment(found: Figures, late: bool) -> float | None:
    """Times of a few unlucky bakes mean nothing."""
    return (found.late if late else found.median) if found.share >= 0.2 else None


def _points(
    figures: Mapping[Cell, Figures], scene: str, traffic: float, value: Callable[[Figures], float | None]
) -> list[Point]:
    cells = sorted((cell for cell in figures if (cell.scene, cell.traffic) == (scene, traffic)), key=_percent)
    return [(cell.percent, found) for cell in cells if (found := value(figures[cell])) is not None]


def _percent(cell: Cell) -> float:
    return cell.percent


def _path(panel: Panel, points: Sequence[Point], color: str, dashed: bool = False) -> str:
    way = "L".join(f"{panel.x(rate):.1f},{panel.y(value):.1f}" for rate, value in points)
    dash = ' stroke-dasharray="5 3"' if dashed else ""
    return f'<path class="l" stroke="{color}"{dash} d="M{way}"/>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path class="g" d="M{x1:.1f},{y1:.1f}L{x2:.1f},{y2:.1f}"/>'


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f'<text{mark} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
