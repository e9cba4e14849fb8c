"""The report as a page."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight.rehearsal.report.html.bands import GAP, bands, labels
from greenlight.rehearsal.report.html.chart import chart, describe
from greenlight.rehearsal.report.html.markup import Markup, tag
from greenlight.rehearsal.report.html.page import as_html
from greenlight.rehearsal.report.html.scale import Linear, Logarithmic, axis_end, decade_above, round_up
from greenlight.rehearsal.report.result import ActResult, ActVerdict, Phase, RehearsalReport
from greenlight.rehearsal.report.timeline import Timeline

HOSTILE = "<script>alert('x')</script> & \"quotes\""

TRAFFIC = Timeline(
    starts_at=100.0,
    step_seconds=0.5,
    blue=(1000.0, 1000.0, 500.0, 0.0),
    green=(0.0, 0.0, 300.0, 1000.0),
    failed=(0.0, 0.0, 200.0, 0.0),
    p95_ms=(3.0, None, 2500.0, 4.0),
)
PHASES = (Phase("Gate", 99.0), Phase("Shift", 101.0), Phase("Bake", 101.1, "1 step"), Phase("Rollback", 101.5))
ACT = ActResult(
    name="release",
    claim="Nobody notices.",
    verdict=ActVerdict.PASS,
    seconds=2.5,
    requests=1900,
    failed_requests=100,
    answers={"blue": 1250, "green": 650},
    failures={"server_error": 100},
    phases=PHASES,
    timeline=TRAFFIC,
)


def page(*acts: ActResult) -> str:
    return as_html(RehearsalReport("ec2", 3.0, acts, started_at=1_800_000_000.0))


def plot(act: ActResult = ACT, timeline: Timeline = TRAFFIC) -> ElementTree.Element:
    return ElementTree.fromstring(chart(act, timeline, "chart-1"))


def of_class(svg: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in svg.iter() if name in (element.get("class") or "").split()]


class Balance(HTMLParser):
    """Checks that every element is closed by its own end tag."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, name: str, attributes: object) -> None:
        if name != "meta":
            self.open.append(name)

    def handle_endtag(self, name: str) -> None:
        assert self.open.pop() == name


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    text = page(ACT)

    assert "default-src &#x27;none&#x27;" in text
    assert not re.findall(r"https?:|src=|url\(|@import|<script|<link|<img|\son\w+=", text)


def test_what_an_act_says_is_text_and_never_markup() -> None:
    hostile = replace(
        ACT,
        name=HOSTILE,
        claim=HOSTILE,
        reason=HOSTILE,
        stack_status=HOSTILE,
        live_after=HOSTILE,
        log=HOSTILE,
        phases=(Phase(HOSTILE, 100.0, HOSTILE),),
        failures={HOSTILE: 1},
    )

    text = as_html(RehearsalReport(HOSTILE, 3.0, (hostile,), notes=(HOSTILE,)))

    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 10


def test_every_element_is_closed() -> None:
    balance = Balance()
    balance.feed(page(ACT, replace(ACT, timeline=None), replace(ACT, phases=(), failures={}, answers={}, log="x")))

    assert balance.open == []


def test_the_overview_leads_to_each_act() -> None:
    text = page(ACT, replace(ACT, name="second", verdict=ActVerdict.FAIL))

    for number in (1, 2):
        assert f'href="#act-{number}"' in text
        assert f'id="act-{number}"' in text
    assert "1 of 2 acts passed" in text
    assert "ec2: fail" in text


def test_an_act_without_traffic_says_so_and_shows_no_empty_figures() -> None:
    text = page(ActResult("plan", "Nothing is written.", ActVerdict.PASS, seconds=1.0))

    assert "This act has no traffic of users." in text
    assert "<svg" not in text
    assert "<dt>Shift</dt>" not in text


def test_the_plot_says_in_words_what_it_shows() -> None:
    svg = plot()

    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "chart-1-title chart-1-desc"
    assert (svg[0].text, svg[1].text) == ("Traffic during release", describe(ACT, TRAFFIC))
    assert describe(ACT, TRAFFIC) == (
        "Answers per second over 2.0 s: blue answered 1,250, green answered 650; 100 requests failed. "
        "Phases: Gate from 0.0 s, Shift from 1.0 s, Bake from 1.1 s, Rollback from 1.5 s."
    )


def test_each_color_and_the_failures_have_their_area() -> None:
    svg = plot()

    assert [len(of_class(svg, kind)) for kind in ("blue", "green", "failed", "failure")] == [1, 1, 1, 1]


def test_a_color_that_never_answered_has_no_area() -> None:
    svg = plot(timeline=replace(TRAFFIC, green=(0.0,) * 4, failed=(0.0,) * 4))

    assert of_class(svg, "green") == of_class(svg, "failed") == of_class(svg, "failure") == []
    assert "failed per second: none" in [element.text for element in svg.iter()]


def test_the_latency_line_breaks_where_nothing_ended() -> None:
    assert len([path for path in of_class(plot(), "p95") if path.tag == "path"]) == 2


def test_every_step_tells_its_figures_to_a_pointer() -> None:
    hovers = of_class(plot(), "hover")

    assert [hover[0].text for hover in hovers][2:3] == ["1.00 s: blue 500/s, green 300/s, failed 200/s, p95 2.50 s"]
    assert len(hovers) == 4


def test_one_failure_among_thousands_can_be_seen() -> None:
    svg = plot(timeline=replace(TRAFFIC, failed=(1.0, 1000.0, 0.0, 0.0)))

    heights = [float(bar.get("height") or 0) for bar in of_class(svg, "failure")]

    assert min(heights) >= 3


def test_moves_of_traffic_stand_out_among_the_phases() -> None:
    svg = plot()

    assert [text.text for text in of_class(svg, "phase")] == ["Gate", "Shift", "Bake", "Rollback"]
    assert len(of_class(svg, "shift")) == len(of_class(svg, "rollback")) == 3


def test_nothing_is_drawn_outside_of_the_plot() -> None:
    svg = plot()
    width, height = (float(size) for size in (svg.get("viewBox") or "").split()[2:])

    for path in [element for element in svg.iter("path")]:
        places = [float(number) for number in re.findall(r"-?[\d.]+", path.get("d") or "")]
        assert all(0 <= x <= width for x in places[::2])
        assert all(0 <= y <= height for y in places[1::2])


def test_a_phase_lasts_until_the_next_and_repeats_are_one() -> None:
    phases = [Phase("Bake", 12.0), Phase("Gate", 10.0), Phase("Gate", 11.0), Phase("Done", 30.0)]

    found = bands(phases, starts_at=10.5, seconds=10.0)

    assert [(band.name, band.starts, band.ends) for band in found] == [("Gate", 0.0, 1.5), ("Bake", 1.5, 10.0)]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 60), st.sampled_from(["Gate", "Shift 10 %", "Rollback", "x"])), max_size=12))
def test_the_names_of_phases_never_cover_each_other(starts: list[tuple[float, str]]) -> None:
    found = bands([Phase(name, at) for at, name in starts], 0.0, 60.0)

    placed = labels(found, 60.0, 888.0, 60.0)

    for one in placed:
        assert one.ends <= 948.1
        for other in placed[: placed.index(one)]:
            assert other.row != one.row or other.ends + GAP <= one.x


@given(st.floats(0.001, 1e6), st.integers(2, 12))
def test_an_axis_ends_on_its_last_tick_above_the_largest_figure(largest: float, about: int) -> None:
    end = axis_end(largest, about)
    ticks = Linear(end, 0.0, 1.0).ticks(about)

    assert largest <= end * (1 + 1e-6)
    assert ticks[0] == 0
    assert ticks[-1] == pytest.approx(end)
    assert len(ticks) <= about + 1


@pytest.mark.parametrize(
    ("value", "up"), [(0, 1), (1, 1), (1.1, 2), (2.2, 2.5), (3, 5), (7, 10), (0.03, 0.05), (250, 250)]
)
def test_steps_are_round(value: float, up: float) -> None:
    assert round_up(value) == pytest.approx(up)


def test_a_logarithmic_scale_gives_each_factor_the_same_room() -> None:
    scale = Logarithmic(1.0, 1000.0, 0.0, 3.0)

    assert [scale(value) for value in (0.1, 1, 10, 1000)] == pytest.approx([0, 0, 1, 3])
    assert scale.ticks() == [1, 10, 100, 1000]
    assert [decade_above(value) for value in (100, 101, 5000)] == [100, 1000, 10_000]


def test_only_markup_is_markup() -> None:
    assert tag("p", "<b>", Markup("<br>"), title='"', class_=None, stroke_width=1.5) == (
        '<p title="&quot;" stroke-width="1.5">&lt;b&gt;<br></p>'
    )
