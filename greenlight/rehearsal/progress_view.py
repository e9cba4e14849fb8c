"""How progress looks: an act's live view, and the line of its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text
from traffic_switch.contract import Color

BAR_CELLS = 30
STYLES = {Color.BLUE: "blue", Color.GREEN: "green"}

NEWS_SHARE = 0.15
"""A rate that moves by less than this share of all traffic is noise, not news."""


@dataclass(frozen=True)
class Traffic:
    """What users see at one moment."""

    rates: Mapping[Color, float]
    """Answers per second by color."""
    failures: int
    """Since the load began."""

    def differs(self, said: Traffic | None) -> bool:
        """Whether this is news to somebody who was told `said`."""
        if said is None or self.failures != said.failures:
            return True
        all_of_it = max(sum(self.rates.values()), sum(said.rates.values()))
        moves = [abs(self.rates.get(color, 0.0) - said.rates.get(color, 0.0)) for color in Color]
        return max(moves) > NEWS_SHARE * all_of_it

    def line(self) -> Text:
        """Write it in one line."""
        parts = [(f"{color} {self.rates.get(color, 0.0):,.0f}/s  ", STYLES[color]) for color in Color]
        return Text.assemble(*parts, (f"failed {self.failures:,}", "bold red" if self.failures else "dim"))


@dataclass
class ActView:
    """What is known about the act that runs."""

    name: str
    claim: str
    began_at: float
    phase: str = ""
    detail: str = ""
    weights: tuple[int, int] | None = None
    """Of blue and green, in percent."""
    traffic: Traffic | None = None
    """None as long as no load runs."""

    def elapsed(self, now: float) -> str:
        """Write how long the act has run."""
        seconds = int(now - self.began_at)
        return f"{seconds // 60}:{seconds % 60:02d}"

    def render(self, now: float) -> Table:
        """Draw the act: what, where in it, who gets the traffic, and what users see."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", justify="right")
        grid.add_column()
        grid.add_row("act", Text.assemble((self.name, "bold"), (f"  {self.elapsed(now)}", "dim")))
        grid.add_row("phase", Text.assemble((self.phase or "preparing", "bold cyan"), f"  {self.detail}"))
        if self.weights:
            grid.add_row("weights", weight_bar(*self.weights))
        if self.traffic:
            grid.add_row("traffic", self.traffic.line())
        return grid


def weight_bar(blue: int, green: int) -> Text:
    """Draw the weights as one bar in two colors, with the numbers beside it for those who see no color."""
    cells = round(BAR_CELLS * blue / max(blue + green, 1))
    return Text.assemble(
        (f"blue {blue:>3} ", STYLES[Color.BLUE]),
        ("█" * cells, STYLES[Color.BLUE]),
        ("█" * (BAR_CELLS - cells), STYLES[Color.GREEN]),
        (f" {green:<3} green", STYLES[Color.GREEN]),
    )
