"""What a rehearsal says while it runs."""

from __future__ import annotations

import io

from rich.console import Console
from traffic_switch.contract import Color

from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.progress_view import ActView, Traffic, weight_bar

B, G = Color.BLUE, Color.GREEN


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Plain:
    """A console that is no terminal, and a clock that the test moves."""

    def __init__(self, **options: bool) -> None:
        self.clock = Clock()
        self._file = io.StringIO()
        terminal = {"force_terminal": False, **options}
        self.progress = Progress(Console(file=self._file, width=80, **terminal), self.clock)  # type: ignore[arg-type]

    @property
    def lines(self) -> list[str]:
        return self._file.getvalue().splitlines()

    def traffic_after(self, seconds: float, blue: float, green: float, failures: int = 0) -> None:
        self.clock.now += seconds
        self.progress.traffic({B: blue, G: green}, failures)


def test_what_comes_from_outside_is_told_as_one_plain_line() -> None:
    plain = Plain()
    with plain.progress as progress:
        progress.act("Release", "Nobody notices.")
        progress.phase("Smoke", "wrong version [/x]\x1b[2J\n2")
        progress.note("\x1b]0;x")
        progress.done(False, "\x1b[31m[bold]")

    assert plain.lines[1:] == [
        "   0:00  Smoke  wrong version [/x]�[2J 2",
        "   0:00  �]0;x",
        "✘ fail  Release  in 0:00: �[31m[bold]",
    ]


def test_an_act_is_told_from_claim_to_verdict() -> None:
    plain = Plain()
    with plain.progress as progress:
        progress.act("Release", "Nobody notices.")
        plain.clock.now += 65
        progress.phase("Gate", "2 of 2 healthy")
        progress.weights(100, 0)
        progress.note("asked for a release")
        progress.done(True)

    assert plain.lines == [
        "▶ Release  Nobody notices.",
        "   1:05  Gate  2 of 2 healthy",
        "   1:05  weights  blue 100  green 0",
        "   1:05  asked for a release",
        "✔ pass  Release  in 1:05",
    ]


def test_a_failed_act_says_why_and_how_many_users_suffered() -> None:
    plain = Plain()
    plain.progress.act("Release", "Nobody notices.")
    plain.traffic_after(0.1, 1000, 0, failures=1234)
    plain.progress.done(False, "users noticed [by the way]")

    assert plain.lines[-1] == "✘ fail  Release  in 0:00, 1,234 failed requests: users noticed [by the way]"


def test_what_has_not_changed_is_not_said_again() -> None:
    plain = Plain()
    plain.progress.act("Release", "")
    for look in range(5):
        plain.progress.phase("Gate", f"look {look}")
        plain.progress.weights(100, 0)
        plain.traffic_after(2, 1000 + look, 0)

    assert len(plain.lines) == 4


def test_figures_come_at_most_once_in_a_second() -> None:
    plain = Plain()
    plain.progress.act("Release", "")
    for failures in range(40):
        plain.traffic_after(0.25, 1000, 0, failures)

    assert len(plain.lines) - 1 == 10


def test_a_shift_of_traffic_and_a_failure_are_news_but_noise_is_not() -> None:
    said = Traffic({B: 1000.0, G: 0.0}, 0)

    assert not Traffic({B: 960.0, G: 40.0}, 0).differs(said)
    assert Traffic({B: 800.0, G: 200.0}, 0).differs(said)
    assert Traffic({B: 1000.0, G: 0.0}, 1).differs(said)
    assert Traffic({}, 0).differs(None)
    assert not Traffic({}, 0).differs(Traffic({}, 0))


def test_a_quiet_console_gets_nothing() -> None:
    plain = Plain(quiet=True, force_terminal=True)
    with plain.progress as progress:
        progress.act("Release", "Nobody notices.")
        progress.phase("Shift")
        progress.done(True)

    assert plain.lines == []


def test_before_the_first_act_there_are_only_remarks() -> None:
    plain = Plain()
    plain.progress.note("the cloud is ready")
    plain.progress.phase("deploy", "GreenlightEdge")
    plain.progress.weights(100, 0)
    plain.traffic_after(2, 1000, 0)
    plain.progress.done(True)

    assert plain.lines == ["the cloud is ready", "deploy  GreenlightEdge"]


def test_the_live_view_shows_the_act_its_phase_weights_and_traffic() -> None:
    view = ActView("Release", "", 100.0, "Bake", "look 2", (10, 90), Traffic({B: 99.6, G: 900.0}, 3))
    console = Console(file=io.StringIO(), width=80, record=True)
    console.print(view.render(now=163.0))

    text = console.export_text()

    assert "Release  1:03" in text
    assert "Bake  look 2" in text
    assert "blue  10 " in text
    assert "blue 100/s  green 900/s  failed 3" in text


def test_in_a_terminal_the_view_is_gone_after_the_end() -> None:
    plain = Plain(force_terminal=True)
    with plain.progress as progress:
        progress.act("Release", "Nobody notices.")
        progress.done(True)

    assert any("pass" in line for line in plain.lines)
    assert plain.progress._live is None


def test_the_bar_is_as_long_for_every_pair_of_weights() -> None:
    assert {len(weight_bar(blue, 100 - blue)) for blue in range(101)} == {len(weight_bar(0, 0))}
