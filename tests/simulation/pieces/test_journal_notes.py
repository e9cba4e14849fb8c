"""The journal's port: what is noted of a switch while it runs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from traffic_switch.errors import JournalError
from traffic_switch.journal import Before
from traffic_switch.model import Weights
from traffic_switch.verdict import failed, passed

from tests.simulation.pieces.journal import BLUE, journal
from tests.simulation.pieces.workbench import RELEASE, Workbench


def test_what_was_before_is_kept_the_first_time_only(held: Workbench) -> None:
    first, second = Before(Weights(100, 0), BLUE), Before(None, None)

    assert journal(held, "remember_before", "s1", first) == first
    assert journal(held, "remember_before", "s1", second) == first


def test_that_there_was_no_rule_is_kept_as_well(held: Workbench) -> None:
    nothing = Before(None, None)

    assert journal(held, "remember_before", "s1", nothing) == nothing
    assert journal(held, "remember_before", "s1", Before(Weights(100, 0), BLUE)) == nothing


def test_a_switch_whose_record_is_gone_cannot_go_on(bench: Workbench) -> None:
    gone = r"^the journal has no item switch#s1 any more: the switch cannot go on$"

    with pytest.raises(JournalError, match=gone):
        journal(bench, "remember_before", "s1", Before(None, None))
    assert bench.greenlight.switches() == []


def test_a_phase_begins_once(held: Workbench) -> None:
    journal(held, "begin", "s1", "bake", 5.0)
    journal(held, "begin", "s1", "bake", 6.0)

    assert held.record(RELEASE)["phase:bake"] == 5


def test_a_judgment_is_noted_under_its_phase_and_look(held: Workbench) -> None:
    journal(held, "note", "s1", "bake", 3, failed("too many"), 5.1239)
    item = held.record(RELEASE)

    assert item["trace:bake:0003"] == {"verdict": "FAIL", "reason": "too many", "at": Decimal("5.124")}
    assert (item["phase"], item["verdict"], item["said"]) == ("bake", "FAIL", "too many")
    assert item["phase:bake"] == Decimal("5.124")


def test_a_look_that_runs_twice_is_in_the_trace_once(held: Workbench) -> None:
    journal(held, "note", "s1", "bake", 3, failed("too many"), 5.0)
    journal(held, "note", "s1", "bake", 3, passed("fine"), 9.0)
    item = held.record(RELEASE)

    assert (item["trace:bake:0003"]["verdict"], item["phase:bake"]) == ("FAIL", 5)
    assert (item["verdict"], item["said"]) == ("PASS", "fine")


def test_evidence_is_kept_the_first_time_only(held: Workbench) -> None:
    journal(held, "keep_evidence", "s1", "first")
    journal(held, "keep_evidence", "s1", "second")

    assert held.record(RELEASE)["evidence"] == "first"


def test_the_address_of_an_answer_is_forgotten(held: Workbench) -> None:
    journal(held, "forget_request", "s1")
    journal(held, "forget_request", "s1")

    assert held.cloud.request_item("s1") is None
    assert journal(held, "request", "s1") is None


def test_notes_on_a_switch_that_nobody_recorded_make_no_record(bench: Workbench) -> None:
    journal(bench, "begin", "s1", "bake", 5.0)
    journal(bench, "note", "s1", "bake", 3, failed("too many"), 5.0)
    journal(bench, "keep_evidence", "s1", "{}")
    journal(bench, "forget_request", "s1")

    assert bench.greenlight.switches() == []


def test_people_are_known_to_have_been_told_of_a_drift(bench: Workbench) -> None:
    journal(bench, "remember_drift", "shop", "moved")
    assert journal(bench, "drift", "shop") == "moved"

    journal(bench, "remember_drift", "shop", "")
    assert journal(bench, "drift", "shop") == ""
