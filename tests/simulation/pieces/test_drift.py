"""Drift by itself: who is told of it, and how often."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulation.faults import Fault, Kind
from tests.simulation.functions import Invocation
from tests.simulation.people import Operator
from tests.simulation.pieces.workbench import BLUE_LIVE, RELEASE, Workbench, new_installation

HALF = (
    "the production rule has blue 50, green 50, but the journal remembers blue 100, green 0: somebody changed it, or a "
    "switch was held. `greenlight repair` puts it back"
)
SUBJECT = "PAGE: Greenlight shop: the production rule has drifted"


@pytest.fixture
def bench() -> Workbench:
    """Two services, on both of which blue is live."""
    bench = Workbench(new_installation(services=2))
    for site in bench.greenlight.sites:
        bench.greenlight.tamper(f"live#{site.name}", BLUE_LIVE)
        site.write_rule(100, 0)
    return bench


def looked(bench: Workbench) -> Invocation:
    return bench.cloud.functions.invoke("Drift", {})


def drifted(bench: Workbench) -> Any:
    return looked(bench).result["drift"]


def edit(bench: Workbench, blue: int = 50, green: int = 50) -> None:
    Operator(bench.greenlight.site).set_weights(blue, green)


def test_rules_as_the_journal_says_are_no_news(bench: Workbench) -> None:
    assert looked(bench).result == {"drift": {"shop": "", "report": ""}}
    assert bench.cloud.topics.published == []
    assert bench.cloud.item("drift#shop") is None


def test_a_drift_is_a_page_and_remembered(bench: Workbench) -> None:
    edit(bench)

    assert drifted(bench) == {"shop": HALF, "report": ""}
    assert [(page.subject, page.message) for page in bench.cloud.pages] == [(SUBJECT, HALF)]
    assert (bench.cloud.item("drift#shop") or {})["told"] == HALF


def test_a_drift_that_people_know_of_is_told_no_more(bench: Workbench) -> None:
    edit(bench)
    drifted(bench)

    assert drifted(bench)["shop"] == HALF
    assert len(bench.cloud.pages) == 1


def test_a_drift_that_has_become_another_is_told_again(bench: Workbench) -> None:
    edit(bench)
    drifted(bench)
    edit(bench, 40, 60)
    drifted(bench)

    assert [page.message.partition(", but")[0] for page in bench.cloud.pages] == [
        "the production rule has blue 50, green 50",
        "the production rule has blue 40, green 60",
    ]


def test_a_drift_that_is_gone_is_forgotten_without_a_word(bench: Workbench) -> None:
    edit(bench)
    drifted(bench)
    edit(bench, 100, 0)

    assert drifted(bench)["shop"] == ""
    assert (bench.cloud.item("drift#shop") or {})["told"] == ""
    assert len(bench.cloud.topics.published) == 1


def test_a_drift_that_comes_back_is_told_again(bench: Workbench) -> None:
    for weights in ((50, 50), (100, 0), (50, 50)):
        edit(bench, *weights)
        drifted(bench)

    assert len(bench.cloud.pages) == 2


def test_a_drift_is_looked_at_twice_because_descriptions_lag(bench: Workbench) -> None:
    edit(bench)
    bench.cloud.kernel.at(10.0, lambda: edit(bench, 100, 0))

    assert drifted(bench)["shop"] == ""
    assert bench.cloud.kernel.time > bench.greenlight.policy.write_settle_seconds
    assert bench.cloud.pages == []
    assert bench.cloud.item("drift#shop") is None


def test_a_drift_that_becomes_another_between_both_looks_is_not_told_yet(bench: Workbench) -> None:
    edit(bench)
    bench.cloud.kernel.at(10.0, lambda: edit(bench, 40, 60))
    drifted(bench)

    assert bench.cloud.pages == []


def test_a_rule_without_drift_is_looked_at_once(bench: Workbench) -> None:
    drifted(bench)

    assert bench.cloud.kernel.time < 5


def test_nothing_is_said_while_a_switch_runs(bench: Workbench) -> None:
    edit(bench)
    bench.lock(RELEASE)

    assert drifted(bench)["shop"] == ""
    assert bench.cloud.pages == []


def changed_during_look(bench: Workbench, number: int, key: str, attributes: dict[str, Any] | None) -> None:
    """Somebody begins, or ends, a switch while the rule is being read for the first or the second time."""
    looks = iter(range(1, 100))

    def changes(_actor: str, call: str, _number: int) -> None:
        if call == "elbv2.DescribeRules" and next(looks) == number:
            bench.greenlight.tamper(key, attributes)

    bench.cloud.before_call = changes


@pytest.mark.parametrize("number", [1, 2])
def test_a_switch_that_begins_while_the_rule_is_read_may_have_written_it(bench: Workbench, number: int) -> None:
    edit(bench)
    changed_during_look(bench, number, "lock#shop", {"owner": "s1", "epoch": 1})
    drifted(bench)

    assert bench.cloud.pages == []


def test_a_switch_that_ends_while_the_rule_is_read_may_have_written_it(bench: Workbench) -> None:
    edit(bench)
    bench.lock(RELEASE)
    changed_during_look(bench, 1, "lock#shop", None)
    drifted(bench)

    assert bench.cloud.pages == []


def test_what_becomes_live_while_the_rule_is_read_is_not_what_it_is_compared_with(bench: Workbench) -> None:
    edit(bench)
    changed_during_look(bench, 2, "live#shop", {**BLUE_LIVE, "version": "v2"})
    drifted(bench)

    assert bench.cloud.pages == []


def test_a_service_that_cannot_be_read_hides_no_other(bench: Workbench) -> None:
    bench.greenlight.tamper("live#shop", {"color": "teal"})
    Operator(bench.greenlight.sites[1]).set_weights(50, 50)
    failed = looked(bench)

    assert failed.error == "ExceptionGroup"
    assert json.loads(failed.cause)["errorMessage"] == "some services could not be looked at (1 sub-exception)"
    assert [page.subject for page in bench.cloud.pages] == [SUBJECT.replace("shop", "report")]


def test_a_page_that_does_not_get_through_is_tried_again(bench: Workbench) -> None:
    edit(bench)
    bench.cloud.faults.addressed["Drift", "sns.Publish", 1] = Fault(Kind.DENIED)

    assert looked(bench).error == "ExceptionGroup"
    assert bench.cloud.item("drift#shop") is None
    assert drifted(bench)["shop"] == HALF
    assert len(bench.cloud.pages) == 1
