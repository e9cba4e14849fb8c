"""The journal's port: how switches are recorded, one after the other."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.asking import Properties
from traffic_switch.journal import Newest, Record
from traffic_switch.model import Outcome
from traffic_switch.ports.journal_items import KEEP_SECONDS

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.pieces.journal import GOOD, OTHER, THEN, journal
from tests.simulation.pieces.workbench import RELEASE, RESTORE, Workbench, asked


def test_a_switch_that_was_recorded_reads_back_as_it_was(bench: Workbench) -> None:
    record = asked(RELEASE, resource="stack/Release", properties=THEN)
    bench.register(record)

    assert journal(bench, "record", "s1") == replace(record, request=None)
    assert journal(bench, "request", "s1") == record.request


def test_a_request_is_kept_for_a_day(bench: Workbench) -> None:
    bench.register(asked(RELEASE))

    assert (bench.cloud.request_item("s1") or {})["expires_at"] == int(EPOCH) + 86400


def test_a_switch_that_was_answered_at_once_reads_back_as_it_was(bench: Workbench) -> None:
    record = asked(RELEASE, answer=GOOD, outcome=Outcome.UNCHANGED, reason="kept")
    bench.register(record)

    assert journal(bench, "record", "s1") == replace(record, request=None)
    assert journal(bench, "request", "s1") is None


def test_what_nobody_recorded_is_nothing(bench: Workbench) -> None:
    assert journal(bench, "record", "s1") is None
    assert journal(bench, "newest", "stack/Release") == Newest()
    assert journal(bench, "last", "shop") == ""
    assert journal(bench, "lock", "shop") is None
    assert journal(bench, "live", "shop") is None
    assert journal(bench, "drift", "shop") == ""


def test_a_record_is_kept_for_four_hundred_days(bench: Workbench) -> None:
    bench.register(asked(RELEASE))

    assert bench.record(RELEASE)["expires_at"] == int(EPOCH) + KEEP_SECONDS == int(EPOCH) + 400 * 86400


def test_the_newest_switch_of_a_service_is_known(held: Workbench) -> None:
    assert journal(held, "last", "shop") == "other"


def test_nobody_is_recorded_twice(held: Workbench) -> None:
    assert not journal(held, "register", asked(replace(RELEASE, version="v9")), None)
    assert journal(held, "record", "s1").switch == RELEASE


def test_the_newest_request_of_a_resource_is_known(bench: Workbench) -> None:
    record = asked(RELEASE, resource="stack/Release", properties=THEN)

    assert journal(bench, "register", record, Newest())
    assert journal(bench, "newest", "stack/Release") == Newest("s1", replace(record, request=None))


def test_a_request_that_is_not_to_be_the_newest_is_not(bench: Workbench) -> None:
    bench.register(asked(RELEASE, resource="stack/Release"))

    assert journal(bench, "newest", "stack/Release") == Newest()


@pytest.mark.parametrize("read", [Newest(), Newest("gone")])
def test_a_request_is_not_recorded_when_another_came_between(bench: Workbench, read: Newest) -> None:
    assert journal(bench, "register", asked(OTHER, resource="stack/Release"), Newest())

    assert not journal(bench, "register", asked(RELEASE, resource="stack/Release"), read)
    assert journal(bench, "record", "s1") is None


def test_the_requests_that_were_taken_back_are_remembered(bench: Workbench) -> None:
    known = Newest(reversed=(("text", 5.0),))
    undone = Properties("new", "old")

    assert journal(bench, "register", asked(RELEASE, resource="r", properties=THEN), known)
    read = journal(bench, "newest", "r")
    assert read.reversed == (("text", 5.0),)
    assert journal(bench, "register", asked(RESTORE, resource="r", properties=undone, started_at=EPOCH + 9), read)
    assert journal(bench, "newest", "r").reversed == (("text", 5.0), (THEN.text, float(int(EPOCH) + 9)))


def registered_after(bench: Workbench, first: Record) -> dict[str, Any]:
    """The item of a request once a newer one of its resource was recorded."""
    bench.register(replace(first, resource="r"))
    bench.greenlight.tamper("newest#r", {"switch_id": first.switch.id})
    if first.begun:
        bench.amend(first.switch, begun=1)
    newest = journal(bench, "newest", "r")
    assert journal(bench, "register", asked(OTHER, resource="r"), newest)
    return bench.record(first.switch)


def test_a_request_that_has_not_begun_ends_with_the_next_of_its_resource(bench: Workbench) -> None:
    ended = registered_after(bench, asked(RELEASE))
    reason = "a newer request of the same resource came before it had begun"

    assert (ended["outcome"], ended["reason"]) == ("UNCHANGED", reason)
    assert json.loads(ended["answer"]) == {"status": "FAILED", "reason": reason, "data": {"Outcome": "UNCHANGED"}}


def test_a_request_that_has_begun_goes_on_beside_the_next_of_its_resource(bench: Workbench) -> None:
    assert "outcome" not in registered_after(bench, asked(RELEASE, begun=1.0))


def test_a_request_that_is_answered_keeps_its_answer(bench: Workbench) -> None:
    ended = registered_after(bench, asked(RELEASE, answer=GOOD, outcome=Outcome.UNCHANGED))

    assert json.loads(ended["answer"])["status"] == "SUCCESS"


def test_a_request_that_begins_while_the_next_is_recorded_is_not_ended(bench: Workbench) -> None:
    bench.register(asked(RELEASE, resource="r"))
    bench.greenlight.tamper("newest#r", {"switch_id": "s1"})
    newest = journal(bench, "newest", "r")
    bench.amend(RELEASE, begun=1)

    assert not journal(bench, "register", asked(OTHER, resource="r"), newest)


def test_a_record_whose_switch_is_damaged_keeps_its_id(bench: Workbench) -> None:
    bench.register(asked(RELEASE))
    bench.amend(RELEASE, switch="{")

    assert journal(bench, "record", "s1").switch.id == "s1"
