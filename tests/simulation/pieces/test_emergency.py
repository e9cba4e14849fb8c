"""The one write without the journal: when it is allowed, and what people read of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulation.cloud import Cloud
from tests.simulation.faults import Fault, Kind, Outage
from tests.simulation.people import Operator
from tests.simulation.pieces.workbench import BACK_TO_BLUE, BLUE_BEFORE, GREEN_BEFORE, RELEASE, Workbench

AGREED: dict[str, Any] = {"before": BLUE_BEFORE, "failure": {"phase": "Bake", "reason": "too many failed"}}


@pytest.fixture
def bench() -> Workbench:
    """All traffic is on green, and the journal is away."""
    bench = Workbench()
    bench.greenlight.site.write_rule(0, 100)
    bench.cloud.kernel.sleep(5.0)
    bench.cloud.faults.outages.append(Outage("dynamodb", 0.0, 10_000.0))
    return bench


def rolled_back(bench: Workbench, **payload: Any) -> None:
    """The rollback cannot reach the journal, and says so."""
    failed = bench.invoke("Rollback", RELEASE, **{**AGREED, **payload})

    assert failed.error == "JournalAwayError"


def paged(bench: Workbench) -> str:
    """What the one page says was done."""
    (page,) = bench.cloud.pages
    assert page.subject == "PAGE: Greenlight shop: the journal is away"
    said = page.message.removeprefix("The rollback of s1 cannot reach the journal. ")
    return said.removesuffix(". It is closed when the journal is back")


def is_on(cloud: Cloud, bench: Workbench, color: str) -> bool:
    weights = bench.greenlight.site.rule_weights()
    assert cloud is bench.cloud
    return weights == {one: 100 if one == color else 0 for one in ("blue", "green")}


@pytest.mark.parametrize("phase", ["Shift", "Bake"])
def test_right_after_a_shift_or_a_bake_the_traffic_goes_back_without_the_journal(bench: Workbench, phase: str) -> None:
    rolled_back(bench, failure={"phase": phase, "reason": ""})

    assert is_on(bench.cloud, bench, "blue")
    assert paged(bench) == "The traffic was put back without it: blue 100, green 0"


def test_traffic_that_is_back_already_is_written_all_the_same(bench: Workbench) -> None:
    bench.greenlight.site.write_rule(100, 0)
    rolled_back(bench)

    assert paged(bench) == "The traffic was put back without it: blue 100, green 0"


@pytest.mark.parametrize(
    "payload",
    [
        {"failure": {"phase": "Done", "reason": ""}},
        {"failure": {}},
        {"before": {}},
        {"before": {"weights": {}, "live": {}}},
    ],
)
def test_where_it_is_not_known_that_traffic_has_moved_none_is(bench: Workbench, payload: dict[str, Any]) -> None:
    rolled_back(bench, **payload)

    assert is_on(bench.cloud, bench, "green")
    assert paged(bench) == "The traffic was not touched"


def test_a_second_try_writes_nothing_and_pages_since_the_first_may_have_died_before_it_could(bench: Workbench) -> None:
    rolled_back(bench, attempt=1)

    assert is_on(bench.cloud, bench, "green")
    assert paged(bench) == "An earlier try may have put the traffic back without it: look at the production rule"


def test_a_second_try_before_any_traffic_had_moved_says_so(bench: Workbench) -> None:
    rolled_back(bench, attempt=1, failure={"phase": "Gate", "reason": ""})

    assert paged(bench) == "The traffic was not touched"


@pytest.mark.parametrize("payload", [{"attempt": 2}, {"redrives": 1}, {"attempt": 1, "redrives": 1}])
def test_a_later_try_neither_writes_nor_pages(bench: Workbench, payload: dict[str, Any]) -> None:
    rolled_back(bench, **payload)

    assert is_on(bench.cloud, bench, "green")
    assert bench.cloud.pages == []


def test_traffic_does_not_go_back_onto_a_color_that_does_not_answer(bench: Workbench) -> None:
    bench.greenlight.site.change("blue", up=False)
    rolled_back(bench)

    assert is_on(bench.cloud, bench, "green")
    assert paged(bench).startswith("The traffic was not touched, since blue does not answer (status 502)")


def test_a_rule_that_somebody_changed_is_left_alone(bench: Workbench) -> None:
    Operator(bench.greenlight.site).set_weights(50, 50)
    rolled_back(bench)

    assert paged(bench) == (
        "Somebody changed the rule, so the traffic was not touched: the production rule has blue 50, green 50"
    )
    assert bench.greenlight.site.rule_weights() == {"blue": 50, "green": 50}


def test_a_rule_that_is_gone_is_left_alone(bench: Workbench) -> None:
    Operator(bench.greenlight.site).delete_rule()
    rolled_back(bench)

    assert paged(bench) == "Somebody changed the rule, so the traffic was not touched: there is no production rule"


@pytest.mark.parametrize(("late_seconds", "color"), [(5.0, "blue"), (9.5, "green")])
def test_nothing_is_written_later_than_half_of_w_after_the_rollback_began(
    bench: Workbench, late_seconds: float, color: str
) -> None:
    entered = bench.now
    bench.cloud.kernel.sleep(late_seconds)
    rolled_back(bench, entered=entered)

    assert is_on(bench.cloud, bench, color)
    assert (color == "blue") is paged(bench).startswith("The traffic was put back")
    if color == "green":
        assert paged(bench) == "It took too long to find out, so the traffic was not touched"


def test_a_write_that_fails_is_told(bench: Workbench) -> None:
    bench.cloud.faults.addressed["Rollback", "elbv2.ModifyRule", 1] = Fault(Kind.DENIED)
    rolled_back(bench)

    assert is_on(bench.cloud, bench, "green")
    assert paged(bench).startswith("Putting the traffic back without it failed: An error occurred (AccessDenied")


def test_a_page_that_does_not_get_through_changes_nothing(bench: Workbench) -> None:
    bench.cloud.topics.topics.clear()
    rolled_back(bench)

    assert is_on(bench.cloud, bench, "blue")


def test_the_error_tells_what_the_journal_said(bench: Workbench) -> None:
    failed = bench.invoke("Rollback", RELEASE, **AGREED)

    assert json.loads(failed.cause)["errorMessage"].startswith("the journal did not take the call: InternalServerError")


def test_traffic_of_a_release_of_blue_goes_back_to_green(bench: Workbench) -> None:
    bench.greenlight.site.write_rule(100, 0)
    assert bench.invoke("Rollback", BACK_TO_BLUE, **{**AGREED, "before": GREEN_BEFORE}).error == "JournalAwayError"

    assert is_on(bench.cloud, bench, "green")


def test_a_rule_that_is_deleted_as_it_is_written_is_told(bench: Workbench) -> None:
    def deletes(_actor: str, call: str, _number: int) -> None:
        if call == "elbv2.ModifyRule":
            Operator(bench.greenlight.site).delete_rule()

    bench.cloud.before_call = deletes
    rolled_back(bench)

    assert paged(bench).startswith("Putting the traffic back without it failed: An error occurred (RuleNotFound)")
