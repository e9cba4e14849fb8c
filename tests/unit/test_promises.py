"""What must hold after every act: each promise is named when it is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from traffic_switch.contract import Color
from traffic_switch.model import Weights

from greenlight.rehearsal.promises import broken
from greenlight.rehearsal.snapshot import Message, Snapshot
from tests.unit.seen import GONE, KEPT, switch

REMOVED = (switch("remove", "REMOVED"),)
HELD = (switch("release", "HELD"),)


def test_what_is_as_it_was_breaks_no_promise() -> None:
    assert list(broken(KEPT, KEPT)) == []


def test_a_rule_that_was_removed_on_purpose_breaks_no_promise() -> None:
    assert list(broken(KEPT, replace(GONE, switches=REMOVED))) == []


def test_a_switch_that_was_held_and_paged_breaks_no_promise() -> None:
    held = replace(KEPT, switches=HELD, messages=(Message("PAGE: shop", "held"),), weights=Weights(50, 50))

    assert list(broken(KEPT, held)) == []


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (replace(KEPT, lock_owner="s1"), "the lock is still held by s1"),
        (replace(KEPT, weights=Weights(50, 50)), "the journal remembers blue 100, green 0"),
        (replace(KEPT, rule_arn="arn:other"), "deleted and created again"),
        (GONE, "the production rule is gone"),
        (replace(KEPT, live=None), "the journal remembers nothing as live"),
        (replace(KEPT, answers={"r1": 1, "r2": 0}), "got 0 answers to its request r2"),
        (replace(KEPT, answers={"r1": 2}), "got 2 answers to its request r1"),
        (replace(KEPT, processes={Color.BLUE: frozenset({8}), Color.GREEN: frozenset()}), "was restarted"),
        (replace(KEPT, running=("s1",)), "the execution s1 is still running"),
        (replace(KEPT, switches=(switch("release", ""),)), "ended with no outcome"),
        (replace(KEPT, switches=HELD), "1 switches are HELD, but 0 pages went out"),
        (replace(KEPT, dead=2), "2 events were given up"),
        (replace(KEPT, lost=("an alarm may not publish",)), "AWS would have said nothing: an alarm may not publish"),
    ],
)
def test_each_broken_promise_is_named(after: Snapshot, words: str) -> None:
    assert any(words in each for each in broken(KEPT, after))


@pytest.mark.parametrize(
    "restless",
    [
        replace(KEPT, lock_owner="s1"),
        replace(KEPT, running=("s1",)),
        replace(KEPT, answers={"r1": 0}),
        replace(KEPT, switches=(switch("release", ""),)),
    ],
)
def test_nothing_has_settled_while_something_is_on_its_way(restless: Snapshot) -> None:
    assert KEPT.is_settled
    assert not restless.is_settled


@pytest.mark.parametrize(
    "busy",
    [
        replace(KEPT, lock_owner="s1"),
        replace(KEPT, alarms=("shop-green-errors",)),
        replace(KEPT, processes={**KEPT.processes, Color.GREEN: frozenset({8, 9})}),
    ],
)
def test_no_act_begins_while_a_switch_an_alarm_or_a_replaced_process_is_left(busy: Snapshot) -> None:
    assert KEPT.is_calm
    assert not busy.is_calm


def test_a_live_color_that_was_to_move_may_run_elsewhere() -> None:
    elsewhere = replace(KEPT, processes={Color.BLUE: frozenset({17}), Color.GREEN: frozenset({18})})

    assert list(broken(KEPT, elsewhere, moves=True)) == []
    assert [each for each in broken(KEPT, elsewhere) if "was restarted" in each]
