"""The journal's port: what needs the lock, and how a switch is closed."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_switch.errors import LockLostError
from traffic_switch.journal import Before, Closing
from traffic_switch.model import Outcome, Weights

from tests.simulation.pieces.journal import BLUE, DONE, GOOD, GREEN, HOLD, LATER_HOLD, OTHER, journal
from tests.simulation.pieces.workbench import RELEASE, Workbench, asked


def test_the_first_write_of_the_rule_is_marked_once(held: Workbench) -> None:
    journal(held, "mark", HOLD, 50.0)
    journal(held, "mark", HOLD, 60.0)

    assert (held.record(RELEASE)["shifted_at"], held.record(RELEASE)["phase:shift"]) == (50, 50)


def lost(bench: Workbench, name: str, *given: Any) -> None:
    """A write that needs the lock is refused, and says who has lost what."""
    with pytest.raises(LockLostError, match=r"^the lock of shop is not held by s1 in epoch 8 any more$"):
        journal(bench, name, LATER_HOLD, *given)


def test_nothing_is_marked_without_the_lock(held: Workbench) -> None:
    lost(held, "mark", 50.0)

    assert "shifted_at" not in held.record(RELEASE)


def test_a_debt_that_is_paid_brings_back_what_was_live_before_it(held: Workbench) -> None:
    held.lock(RELEASE, debt="other")
    journal(held, "paid", HOLD, asked(OTHER, before=Before(Weights(100, 0), BLUE)))

    assert "debt" not in (held.cloud.lock("shop") or {})
    assert held.record(OTHER)["undone"] == "s1"
    assert held.record(RELEASE)["paid"] == "other"
    assert journal(held, "live", "shop") == BLUE


@pytest.mark.parametrize("before", [None, Before(None, None)])
def test_a_debt_before_which_nothing_was_live_leaves_nothing_live(held: Workbench, before: Before | None) -> None:
    held.greenlight.tamper("live#shop", {"color": "green"})
    journal(held, "paid", HOLD, asked(OTHER, before=before))

    assert held.cloud.live("shop") is None


def test_a_debt_that_had_moved_nothing_is_taken_off_the_lock_alone(held: Workbench) -> None:
    held.lock(RELEASE, debt="other")
    held.greenlight.tamper("live#shop", {"color": "green"})
    journal(held, "paid", HOLD, None)

    assert "debt" not in (held.cloud.lock("shop") or {})
    assert "paid" not in held.record(RELEASE)
    assert held.cloud.live("shop") is not None


def test_no_debt_is_paid_without_the_lock(held: Workbench) -> None:
    held.lock(RELEASE, debt="other")
    lost(held, "paid", asked(OTHER))

    assert (held.cloud.lock("shop") or {})["debt"] == "other"


def test_closing_fixes_outcome_answer_and_what_is_live_and_frees_the_lock(held: Workbench) -> None:
    journal(held, "close", HOLD, DONE)
    item = held.record(RELEASE)

    assert held.cloud.lock("shop") is None
    assert (item["outcome"], item["reason"]) == ("DONE", "well")
    assert journal(held, "record", "s1").answer == GOOD
    assert journal(held, "live", "shop") == GREEN
    assert "undone" not in item


def test_closing_leaves_what_is_live_unless_that_changes(held: Workbench) -> None:
    journal(held, "close", HOLD, Closing(Outcome.HELD, "held", GOOD, live=GREEN))

    assert held.cloud.live("shop") is None


def test_closing_may_leave_nothing_live(held: Workbench) -> None:
    held.greenlight.tamper("live#shop", {"color": "green"})
    journal(held, "close", HOLD, Closing(Outcome.REMOVED, "gone", GOOD, changes_live=True))

    assert held.cloud.live("shop") is None


def test_a_switch_that_took_its_own_traffic_back_says_so(held: Workbench) -> None:
    journal(held, "close", HOLD, Closing(Outcome.ROLLED_BACK, "back", GOOD, owed="s1"))

    assert held.record(RELEASE)["undone"] == "s1"
    assert "undone" not in held.record(OTHER)


def test_a_switch_whose_traffic_another_took_back_says_so(held: Workbench) -> None:
    journal(held, "close", HOLD, Closing(Outcome.ROLLED_BACK, "back", GOOD, owed="other"))

    assert held.record(OTHER)["undone"] == "s1"
    assert "undone" not in held.record(RELEASE)


def test_a_rollback_that_owed_nobody_marks_nobody(held: Workbench) -> None:
    journal(held, "close", HOLD, Closing(Outcome.ROLLED_BACK, "back", GOOD))

    assert not any("undone" in item for item in held.greenlight.switches())


def test_traffic_that_was_held_is_not_undone(held: Workbench) -> None:
    journal(held, "close", HOLD, Closing(Outcome.HELD, "held", GOOD, owed="other"))

    assert "undone" not in held.record(OTHER)


def test_nothing_is_closed_without_the_lock(held: Workbench) -> None:
    lost(held, "close", DONE)

    assert "outcome" not in held.record(RELEASE)
    assert held.cloud.live("shop") is None


def test_a_switch_that_is_answered_is_not_closed_again(held: Workbench) -> None:
    held.amend(RELEASE, answer="{}")

    with pytest.raises(LockLostError):
        journal(held, "close", HOLD, DONE)
    assert held.cloud.lock("shop") is not None


def test_a_switch_that_never_began_is_refused(held: Workbench) -> None:
    assert journal(held, "refuse", OTHER, Outcome.UNCHANGED, "busy", GOOD)
    record = journal(held, "record", "other")
    assert (record.outcome, record.reason, record.answer) == (Outcome.UNCHANGED, "busy", GOOD)


@pytest.mark.parametrize("attribute", ["begun", "answer"])
def test_a_switch_that_began_or_was_answered_is_not_refused(held: Workbench, attribute: str) -> None:
    held.amend(OTHER, **{attribute: 1})

    assert not journal(held, "refuse", OTHER, Outcome.UNCHANGED, "busy", GOOD)
    assert "outcome" not in held.record(OTHER)
