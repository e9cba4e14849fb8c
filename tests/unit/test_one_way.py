"""One-way doors: which release passes one, and which leads back through it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from traffic_switch.contract import Color
from traffic_switch.image import KnownImage
from traffic_switch.journal import Before
from traffic_switch.model import Live, Switch, Weights
from traffic_switch.one_way import door_of, leads_back, passes, refusal
from traffic_switch.remembered import live_from_map, live_to_map

from tests.unit.switch_facts import BLUE_LIVE, switch

ON_BLUE = Weights(100, 0)
THROUGH = Live(Color.BLUE, "3", ON_BLUE, door="2", door_at=1_000)
DOOR = replace(switch(), version="2", one_way=True)
EARLIER, LATER = KnownImage(since=999.5), KnownImage(since=1_000.5)


def before(live: Live | None) -> Before:
    return Before(ON_BLUE, live)


def test_a_release_that_is_declared_so_passes_a_door() -> None:
    assert passes(DOOR, before(BLUE_LIVE))


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (replace(DOOR, one_way=False), before(BLUE_LIVE)),
        (DOOR, None),
        (DOOR, before(None)),
        (DOOR, before(replace(BLUE_LIVE, version="2"))),
        (DOOR, before(THROUGH)),
    ],
    ids=["not declared", "nothing known of before", "the very first", "the same version", "on the other side already"],
)
def test_a_release_passes_no_door(made: Switch, found: Before | None) -> None:
    assert not passes(made, found)


@pytest.mark.parametrize("known", [EARLIER, None], ids=["deployed before the door", "not known at all"])
def test_a_version_lies_behind_the_door(known: KnownImage | None) -> None:
    assert leads_back(THROUGH, "1", known)


@pytest.mark.parametrize(
    ("live", "version", "known"),
    [
        (None, "1", EARLIER),
        (BLUE_LIVE, "1", EARLIER),
        (THROUGH, "3", EARLIER),
        (THROUGH, "2", EARLIER),
        (THROUGH, "4", LATER),
    ],
    ids=["nothing live", "no door", "what is live", "the door itself", "deployed after the door"],
)
def test_a_version_lies_behind_no_door(live: Live | None, version: str, known: KnownImage | None) -> None:
    assert not leads_back(live, version, known)


def test_what_passed_a_door_remembers_it() -> None:
    assert door_of(DOOR, BLUE_LIVE, None, 1_234.9) == ("2", 1_234)


def test_a_later_release_keeps_the_door() -> None:
    assert door_of(replace(DOOR, version="4", one_way=False), THROUGH, LATER, 2_000.0) == ("2", 1_000)


def test_the_door_itself_is_passed_once() -> None:
    assert door_of(DOOR, THROUGH, EARLIER, 2_000.0) == ("2", 1_000)


def test_a_release_behind_the_door_forgets_it() -> None:
    assert door_of(replace(DOOR, version="1", one_way=False), THROUGH, EARLIER, 2_000.0) == ("", 0)


def test_where_no_door_was_passed_none_is_remembered() -> None:
    assert door_of(replace(DOOR, one_way=False), BLUE_LIVE, None, 2_000.0) == ("", 0)


def test_a_refusal_says_what_leads_on_and_what_leads_back() -> None:
    assert refusal(THROUGH, "1") == (
        "1 lies behind the one-way door 2, which has written data that earlier versions cannot read: release a later"
        " version, or go back all the same with `greenlight rollback --undo-one-way`"
    )


@pytest.mark.parametrize("live", [THROUGH, BLUE_LIVE], ids=["with a door", "without"])
def test_the_journal_keeps_the_door_of_what_is_live(live: Live) -> None:
    kept = live_from_map(live_to_map(live))

    assert (kept.door, kept.door_at) == (live.door, live.door_at)


def test_what_is_live_without_a_door_is_written_as_an_earlier_greenlight_did() -> None:
    assert set(live_to_map(BLUE_LIVE)) == {"color", "version", "blue", "green", "resource", "digest"}


@pytest.mark.parametrize("made", [DOOR, replace(DOOR, one_way=False, undo_one_way="2")], ids=["one_way", "undo"])
def test_a_switch_comes_back_from_its_input(made: Switch) -> None:
    assert Switch.from_input(made.as_input()) == made


def test_the_input_of_an_ordinary_switch_is_as_an_earlier_greenlight_made_it() -> None:
    assert set(switch().as_input()) == {"switch_id", "service", "mode", "color", "version", "undoes"}
