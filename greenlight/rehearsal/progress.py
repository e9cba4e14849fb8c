"""What a rehearsal is doing while it does it: live in a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import TracebackType

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text
from traffic_switch.contract import Color

from greenlight.rehearsal.progress_view import ActView, Traffic
from greenlight.wording import printable

PLAIN_SECONDS = 1.0
"""Without a terminal, at most one line of figures in this time; acts, phases, notes and verdicts are never left out."""


class Progress:
    """Tells the console what happens.

    With a quiet console (`Console(quiet=True)`) nothing is written, which is what `--json` asks for. Outside of an act
    there is nothing to show weights and traffic of; phases and notes are then plain remarks.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console, self._clock = console, clock
        self._act: ActView | None = None
        self._live: Live | None = None
        self._said: Traffic | None = None
        self._said_at = clock()

    def __enter__(self) -> Progress:
        if self._console.is_terminal and not self._console.quiet:
            self._live = Live(console=self._console, get_renderable=self._view, refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    def act(self, name: str, claim: str) -> None:
        """Begin an act."""
        self._act, self._said = ActView(name, claim, self._clock()), None
        self._say(Text.assemble(("▶ ", "bold"), (name, "bold"), (f"  {claim}", "dim")))

    def phase(self, name: str, detail: str = "") -> None:
        """Tell which phase the switch, or the act, is in; the same phase again only renews the detail."""
        name, detail = printable(name), printable(detail)
        new = self._act is None or name != self._act.phase
        if self._act:
            self._act.phase, self._act.detail = name, detail
        if new:
            self._say(self._within_act(Text.assemble((name, "bold cyan"), f"  {detail}" if detail else "")))

    def weights(self, blue: int, green: int) -> None:
        """Tell the weights of the production rule, in percent."""
        if self._act and self._act.weights != (blue, green):
            self._act.weights = (blue, green)
            self._say(self._within_act(Text(f"weights  blue {blue}  green {green}")))

    def traffic(self, rates: Mapping[Color, float], failures: int) -> None:
        """Tell the answers per second by color, and the failures since the load began."""
        if self._act:
            self._act.traffic = Traffic(dict(rates), failures)
            if self._live is None:
                self._say_news(self._act.traffic)

    def note(self, text: str) -> None:
        """Say one thing that is neither a phase nor a figure."""
        self._say(self._within_act(Text(printable(text))))

    def done(self, passed: bool, reason: str = "") -> None:
        """End the act with its verdict."""
        if self._act is None:
            return
        act, self._act = self._act, None
        word = Text("✔ pass" if passed else "✘ fail", "bold green" if passed else "bold red")
        failures = f", {act.traffic.failures:,} failed requests" if act.traffic and act.traffic.failures else ""
        took = f"  {act.name}  in {act.elapsed(self._clock())}"
        self._say(Text.assemble(word, took, failures, f": {printable(reason)}" if reason else ""))

    def _within_act(self, text: Text) -> Text:
        """Indent what belongs to an act, and say when in it that was."""
        return Text.assemble((f"  {self._act.elapsed(self._clock()):>5}  ", "dim"), text) if self._act else text

    def _say(self, text: Text) -> None:
        if self._live:
            self._live.refresh()
        self._console.print(text, soft_wrap=True, highlight=False)

    def _say_news(self, traffic: Traffic) -> None:
        now = self._clock()
        if now - self._said_at >= PLAIN_SECONDS and traffic.differs(self._said):
            self._said, self._said_at = traffic, now
            self._say(self._within_act(traffic.line()))

    def _view(self) -> RenderableType:
        return self._act.render(self._clock()) if self._act else Text("")
