"""The journal's facts as DynamoDB items: what is written reads back, and what is damaged never stops the reading."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from traffic_switch.asking import Properties
from traffic_switch.contract import Color
from traffic_switch.errors import JournalError
from traffic_switch.journal import Answer, Before, Lock, Newest, Record
from traffic_switch.model import Live, Mode, Outcome, Switch, Weights
from traffic_switch.ports.journal_items import (
    answer_from_text,
    answer_to_text,
    live_from_item,
    lock_from_item,
    newest_from_item,
    newest_to_map,
    plain,
    record_from_item,
    record_to_item,
    wire,
)
from traffic_switch.remembered import before_from_map, before_to_map, live_to_map

SWITCH = Switch("s1", "shop", Mode.RESTORE, Color.GREEN, "2", "s0")
LIVE = Live(Color.BLUE, "1", Weights(90, 10), "stack/A", "sha256:1")
BEFORE = Before(Weights(90, 10), LIVE)
ANSWER = Answer("SUCCESS", "well", {"Outcome": "DONE"})
RECORD = Record(
    switch=SWITCH,
    started_at=1_000.5,
    resource="stack/Release",
    properties=Properties("old", "new"),
    digest="sha256:2",
    outcome=Outcome.HELD,
    reason="why",
    answer=ANSWER,
)
LATER: dict[str, Any] = {
    "begun": 1_001.0,
    "before": before_to_map(BEFORE),
    "shifted_at": 1_002.0,
    "undone": "s8",
    "paid": "s9",
    "abort": "asked",
}
FULL = replace(RECORD, begun=1_001.0, before=BEFORE, shifted_at=1_002.0, undone="s8", paid="s9", abort="asked")


def item(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes as DynamoDB gives them."""
    return {name: wire(value) for name, value in attributes.items()}


def read(**damaged: Any) -> Record:
    """A full record with some attributes written otherwise; None takes one away."""
    attributes = {**record_to_item(RECORD), **LATER, **damaged}
    return record_from_item(item({name: value for name, value in attributes.items() if value is not None}), "s1")


def test_a_record_reads_back_with_all_that_was_added_to_it() -> None:
    assert read() == FULL


def test_a_record_is_written_under_its_key_and_expires() -> None:
    written = record_to_item(replace(RECORD, answer=None, request={"ResponseURL": "secret"}))

    assert written == {
        "pk": "switch#s1",
        "switch": json.dumps(SWITCH.as_input()),
        "started_at": 1_000.5,
        "resource": "stack/Release",
        "properties": {"old": "old", "new": "new"},
        "digest": "sha256:2",
        "expires_at": 1_000 + 400 * 24 * 3600,
    }


def test_a_record_that_is_answered_at_once_has_its_answer_in_it() -> None:
    written = record_to_item(RECORD)

    assert (written["outcome"], written["reason"]) == ("HELD", "why")
    assert json.loads(written["answer"])["status"] == "SUCCESS"


def test_an_answer_without_an_outcome_reads_back_without_one() -> None:
    written = record_to_item(replace(RECORD, outcome=None))

    assert written["outcome"] == ""
    found = record_from_item(item(written), "s1")
    assert (found.outcome, found.damage) == (None, ())


def test_what_was_never_written_keeps_the_records_defaults() -> None:
    bare = {"switch": json.dumps(SWITCH.as_input())}

    assert record_from_item(item(bare), "s1") == Record(SWITCH, 0.0)


DAMAGE = [
    ("started_at", "soon", 0.0),
    ("properties", {"old": "x"}, Properties()),
    ("begun", "soon", None),
    ("before", "what was before", None),
    ("before", {"weights": {"blue": 1}, "live": {}}, None),
    ("shifted_at", [], None),
    ("outcome", "FINE", None),
    ("request", "[]", None),
    ("request", "{", None),
]


@pytest.mark.parametrize(("name", "value", "default"), DAMAGE)
def test_a_damaged_attribute_is_named_and_stops_nothing(name: str, value: Any, default: Any) -> None:
    assert read(**{name: value}) == replace(FULL, **{name: default}, damage=(name,))


def test_every_damaged_attribute_is_named() -> None:
    assert read(begun="soon", outcome="FINE").damage == ("begun", "outcome")


@pytest.mark.parametrize("text", ["{", "{}", '{"mode": "restore"}', "[]"])
def test_a_record_whose_switch_cannot_be_read_belongs_to_nobody(text: str) -> None:
    found = read(switch=text)

    assert found.switch == Switch("s1", "", Mode.RELEASE, Color.BLUE, "")
    assert found.damage == ("switch",)


def test_a_record_without_a_switch_is_damaged() -> None:
    assert read(switch=None, begun="soon").damage == ("begun", "switch")


@pytest.mark.parametrize(("mode", "status"), [(Mode.RESTORE, "SUCCESS"), (Mode.RELEASE, "FAILED")])
def test_an_answer_that_cannot_be_read_is_one_all_the_same(mode: Mode, status: str) -> None:
    found = read(switch=json.dumps({**SWITCH.as_input(), "mode": mode.value}), answer="{")

    assert found.answer == Answer(status, "the journal's answer of this switch is damaged")
    assert found.damage == ("answer",)


@pytest.mark.parametrize("before", [BEFORE, Before(None, None), Before(Weights(0, 100), None), Before(None, LIVE)])
def test_what_was_before_reads_back(before: Before) -> None:
    assert before_from_map(plain(item({"before": before_to_map(before)}))["before"]) == before


def test_no_rule_and_nothing_live_are_empty_maps() -> None:
    assert before_to_map(Before(None, None)) == {"weights": {}, "live": {}}


def test_what_is_live_is_written_in_flat_attributes() -> None:
    assert live_to_map(LIVE) == {
        "color": "blue",
        "version": "1",
        "blue": 90,
        "green": 10,
        "resource": "stack/A",
        "digest": "sha256:1",
    }


def test_what_is_live_reads_back_with_its_resource_and_its_image() -> None:
    found = live_from_item(item(live_to_map(LIVE)), "live#shop")

    assert found == LIVE
    assert found is not None
    assert (found.resource, found.digest) == ("stack/A", "sha256:1")


def test_what_an_older_greenlight_noted_as_live_is_of_no_resource_and_no_digest() -> None:
    old = {name: value for name, value in live_to_map(LIVE).items() if name not in ("resource", "digest")}
    found = live_from_item(item(old), "live#shop")

    assert found is not None
    assert (found.resource, found.digest) == ("", "")


def test_nothing_is_live_without_an_item() -> None:
    assert live_from_item({}, "live#shop") is None


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ({"color": "teal"}, "ValueError: 'teal' is not a valid Color"),
        ({"blue": "many"}, "ValueError: invalid literal"),
        ({"green": []}, "TypeError: int"),
    ],
)
def test_a_damaged_note_of_what_is_live_says_what_to_write(damage: dict[str, Any], words: str) -> None:
    advice = (
        "it must have color (blue or green), version, blue and green (weights). Write it as the rule and the running "
        "version are, then retry"
    )

    with pytest.raises(JournalError) as refused:
        live_from_item(item({**live_to_map(LIVE), **damage}), "live#shop")
    assert str(refused.value).startswith(f"the journal's item live#shop is damaged ({words}")
    assert str(refused.value).endswith(advice)


def test_a_note_that_lacks_an_attribute_is_damaged() -> None:
    with pytest.raises(JournalError, match=r"live#shop is damaged \(KeyError: 'version'\)"):
        live_from_item(item({"color": "blue", "blue": 100, "green": 0}), "live#shop")


LOCK = {"owner": "s1", "epoch": 3, "debt": "s0", "reason": "release", "since": 5.5, "deadline": 600}


def test_a_lock_reads_as_it_was_written() -> None:
    found = lock_from_item(item(LOCK))

    assert found == Lock("s1", 3, "s0", "release", 5.5, 600.0)
    assert found is not None
    assert found.read == {"owner": "s1", "epoch": 3}


def test_there_is_no_lock_without_an_item() -> None:
    assert lock_from_item({}) is None


def test_a_lock_that_lacks_everything_is_held_by_nobody_for_ever() -> None:
    found = lock_from_item(item({"pk": "lock#shop"}))

    assert found == Lock("", None, "", "", 0.0, float("inf"))
    assert found is not None
    assert found.read == {}


@pytest.mark.parametrize("broken", ["soon", [], {}, None])
def test_numbers_of_a_lock_that_cannot_be_read_are_unknown(broken: Any) -> None:
    found = lock_from_item(item({**LOCK, "epoch": broken, "since": broken, "deadline": broken}))

    assert found is not None
    assert (found.epoch, found.since, found.deadline) == (None, 0.0, float("inf"))
    assert found.read["epoch"] == broken


def test_an_owner_that_is_no_text_is_nobody() -> None:
    found = lock_from_item(item({**LOCK, "owner": 5}))

    assert found is not None
    assert (found.owner, found.read["owner"]) == ("", 5)


def newest(**attributes: Any) -> Newest:
    """What is known of a resource; every switch has a record."""
    return newest_from_item(item(attributes), lambda switch_id: Record(replace(SWITCH, id=switch_id), 0.0))


def test_the_requests_of_a_resource_read_back() -> None:
    known = (("text", 5.0), ("more", 6.0))

    assert newest(**newest_to_map("s7", known)) == Newest("s7", Record(replace(SWITCH, id="s7"), 0.0), known)


def test_the_time_of_what_was_taken_back_is_written_in_whole_seconds() -> None:
    assert newest_to_map("s7", (("text", 5.9),)) == {"switch_id": "s7", "reversed": [{"text": "text", "at": 5}]}


def test_of_a_resource_without_requests_nothing_is_known() -> None:
    assert newest() == Newest()


@pytest.mark.parametrize("read", ["", 5, ["s7"]])
def test_what_a_damaged_pointer_said_is_kept_for_whoever_replaces_it(read: Any) -> None:
    found = newest(switch_id=read, reversed=[{"text": "text", "at": 5}])

    assert found == Newest(reversed=(("text", 5.0),), read=read)


@pytest.mark.parametrize(
    "pairs", ["text", 5, {"text": "text"}, [{"text": "text"}], ["text"], [{"text": "t", "at": "soon"}]]
)
def test_what_was_taken_back_and_cannot_be_read_is_forgotten(pairs: Any) -> None:
    assert newest(switch_id="s7", reversed=pairs).reversed == ()


def test_what_can_be_read_of_those_that_were_taken_back_is_kept() -> None:
    assert newest(switch_id="s7", reversed=["?", {"text": "text", "at": 5}]).reversed == (("text", 5.0),)


def test_an_answer_reads_back_from_its_one_attribute() -> None:
    assert answer_from_text(answer_to_text(ANSWER)) == ANSWER
    assert json.loads(answer_to_text(ANSWER)) == {"status": "SUCCESS", "reason": "well", "data": {"Outcome": "DONE"}}


def test_a_float_becomes_a_number_with_three_decimals() -> None:
    assert wire(1.23456) == {"N": "1.235"}
    assert plain({"at": wire(2.5)}) == {"at": Decimal("2.500")}


def test_whole_numbers_and_words_are_written_as_they_are() -> None:
    assert (wire(7), wire("x"), wire({"a": 1})) == ({"N": "7"}, {"S": "x"}, {"M": {"a": {"N": "1"}}})
