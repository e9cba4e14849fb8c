"""The figures as docs/judge.md and docs/judge.svg show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.simulation.judge.bursts import SCENE, SCENES
from tests.simulation.judge.figures import Cell, Figures
from tests.simulation.judge.operating_characteristic import TRAFFIC

TITLES = {
    "both": "Errors that users and own requests meet alike",
    "users": "Errors that only users meet (own requests: 0.1 %)",
    "slow": "Slow answers that users and own requests meet alike",
}
BEGIN, END = "<!-- operating characteristic -->", "<!-- /operating characteristic -->"


def tables(figures: Mapping[Cell, Figures]) -> str:
    """All tables, each under its heading."""
    found = [f"### {title}\n\n{_table(figures, scene)}" for scene, title in TITLES.items()]
    return "\n\n".join([*found, f"### Trouble in bursts, or late (no users)\n\n{_bursts(figures)}"])


def page_with(page: str, figures: Mapping[Cell, Figures]) -> str:
    """The page with these tables between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables(figures)}\n{END}{after}"


def _table(figures: Mapping[Cell, Figures], scene: str) -> str:
    traffics = [traffic for traffic in TRAFFIC if Cell(scene, _percents(figures, scene)[0], traffic) in figures]
    heads = ["true %", *(f"{traffic:,g}/s" if traffic else "no users" for traffic in traffics), "bakes"]
    rows = [_row(figures, scene, percent, traffics) for percent in _percents(figures, scene)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows))


def _bursts(figures: Mapping[Cell, Figures]) -> str:
    rows = [[name, _cell(figures[Cell(f"{SCENE}{name}", 0.0, 0.0)])] for name in SCENES]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (["what happens", "rolled back"], ["---"] * 2, *rows))


def _row(figures: Mapping[Cell, Figures], scene: str, percent: float, traffics: Sequence[float]) -> list[str]:
    found = [figures[Cell(scene, percent, traffic)] for traffic in traffics]
    return [f"{percent:g}", *map(_cell, found), f"{found[0].runs:,}"]


def _cell(found: Figures) -> str:
    """Percent rolled back, then the median and 95th percentile of seconds to the verdict."""
    percent = f"{100 * found.share:.4g}" if found.share in (0, 1) else f"{100 * found.share:.1f}"
    if found.share < 0.05:
        return percent
    return f"{percent}: {found.median:.0f} ({found.late:.0f})"


def _percents(figures: Mapping[Cell, Figures], scene: str) -> list[float]:
    return sorted({cell.percent for cell in figures if cell.scene == scene})


def summary(figures: Mapping[Cell, Figures]) -> Iterator[str]:
    """The figures that matter most, in a line each."""
    for scene, percent, what in (("both", 1.0, "at the limit"), ("both", 0.5, "at half of it"), ("slow", 5.0, "slow")):
        found = [figure for cell, figure in figures.items() if (cell.scene, cell.percent) == (scene, percent)]
        worst = max(found, key=lambda figure: figure.share)
        yield f"{what}: at most {worst.rolled_back} of {worst.runs:,} bakes rolled back ({100 * worst.share:.2f} %)"
    for percent in (5.0, 100.0):
        found = [figure for cell, figure in figures.items() if (cell.scene, cell.percent) == ("both", percent)]
        least = min(figure.within_27 / figure.runs for figure in found)
        latest = max(figure.latest or 0 for figure in found)
        yield f"{percent:g} %: {100 * least:.1f} % of the verdicts by second 27, the last one at {latest:g}"
