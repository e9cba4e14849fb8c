"""The journal's port: who gets the lock, takes it over, keeps it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.errors import LockLostError
from traffic_switch.journal import Lock, Record
from traffic_switch.model import Hold, Mode, Outcome, Switch

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.pieces.journal import GOOD, HOLD, LATER_HOLD, OTHER, journal
from tests.simulation.pieces.workbench import RELEASE, Workbench, asked


def acquired(bench: Workbench, switch: Switch = RELEASE) -> Lock:
    lock: Lock = journal(bench, "acquire", switch, "release green v2", EPOCH + 100, EPOCH + 600)
    return lock


def test_a_free_lock_is_taken(bench: Workbench) -> None:
    bench.register(asked(RELEASE))
    lock = acquired(bench)

    assert (lock.owner, lock.debt, lock.reason) == ("s1", "", "release green v2")
    assert (lock.since, lock.deadline) == (EPOCH + 100, EPOCH + 600)
    assert journal(bench, "lock", "shop") == lock
    assert bench.record(RELEASE)["begun"] == EPOCH + 100


def test_the_epoch_of_a_free_lock_is_the_time_in_milliseconds(bench: Workbench) -> None:
    bench.register(asked(RELEASE))

    assert acquired(bench).epoch == int(1000 * (EPOCH + 100))


def test_the_epoch_of_a_lock_that_was_freed_never_comes_back(bench: Workbench) -> None:
    bench.register(asked(RELEASE))
    first = acquired(bench).epoch
    bench.greenlight.tamper("lock#shop", None)
    again = journal(bench, "acquire", RELEASE, "", EPOCH + 100.001, EPOCH + 600).epoch

    assert first is not None
    assert again == first + 1


def test_a_lock_that_another_holds_is_told_and_not_taken(held: Workbench) -> None:
    lock = acquired(held, OTHER)

    assert (lock.owner, lock.epoch, lock.reason) == ("s1", 7, "a test")
    assert "begun" not in held.record(OTHER)


def test_an_own_lock_is_a_success_with_its_epoch_and_debt(held: Workbench) -> None:
    held.lock(RELEASE, debt="dead")
    lock = acquired(held)

    assert (lock.owner, lock.epoch, lock.debt) == ("s1", 7, "dead")


def test_a_switch_that_is_answered_never_gets_the_lock(bench: Workbench) -> None:
    bench.register(asked(RELEASE, answer=GOOD, outcome=Outcome.UNCHANGED))

    with pytest.raises(LockLostError, match=r"^the switch s1 has been ended$"):
        acquired(bench)
    assert bench.cloud.lock("shop") is None


def test_a_switch_without_a_record_never_gets_the_lock(bench: Workbench) -> None:
    with pytest.raises(LockLostError, match=r"^the switch s1 has been ended$"):
        acquired(bench)


def test_a_lock_that_is_freed_while_it_is_asked_for_is_taken(held: Workbench) -> None:
    free = iter([True])

    def frees(_actor: str, call: str, _number: int) -> None:
        if call == "dynamodb.GetItem" and next(free, False):
            held.greenlight.tamper("lock#shop", None)

    held.cloud.before_call = frees

    assert acquired(held, OTHER).owner == "other"
    assert (held.cloud.lock("shop") or {})["reason"] == "release green v2"
    assert (held.cloud.lock("shop") or {})["deadline"] == EPOCH + 600


def taken_over(bench: Workbench, old: Record | None, **lock: Any) -> dict[str, Any]:
    """The lock once s1 has taken it from another."""
    bench.register(asked(RELEASE), *([old] if old else []))
    bench.lock(OTHER, **lock)
    read = journal(bench, "lock", "shop")
    journal(bench, "take_over", RELEASE, "why", read, old, EPOCH + 100, EPOCH + 600)
    item = bench.cloud.lock("shop")
    assert item is not None
    return item


def test_a_takeover_is_a_new_epoch_of_the_lock(bench: Workbench) -> None:
    lock = taken_over(bench, asked(OTHER))
    when = {"since": EPOCH + 100, "deadline": EPOCH + 600}

    assert lock == {"pk": "lock#shop", "owner": "s1", "epoch": 8, "reason": "why", **when}
    assert bench.record(RELEASE)["begun"] == EPOCH + 100


def test_a_takeover_ends_the_old_owner_with_an_answer(bench: Workbench) -> None:
    taken_over(bench, asked(OTHER))
    ended, reason = bench.record(OTHER), "a later switch took the lock from it, and answers for the traffic"

    assert (ended["outcome"], ended["reason"]) == ("TAKEN_OVER", reason)
    assert json.loads(ended["answer"]) == {"status": "FAILED", "reason": reason, "data": {"Outcome": "TAKEN_OVER"}}


def test_a_restore_that_is_taken_over_is_answered_with_success(bench: Workbench) -> None:
    restore = replace(OTHER, mode=Mode.RESTORE, undoes="s0")
    taken_over(bench, asked(restore))

    assert json.loads(bench.record(OTHER)["answer"])["status"] == "SUCCESS"


def test_a_takeover_owes_what_the_old_owner_may_have_moved(bench: Workbench) -> None:
    assert taken_over(bench, asked(OTHER, shifted_at=5.0), debt="older")["debt"] == "other"


def test_a_takeover_of_a_switch_that_moved_nothing_owes_what_that_one_owed(bench: Workbench) -> None:
    assert taken_over(bench, asked(OTHER), debt="older")["debt"] == "older"


def test_a_takeover_of_a_restore_owes_what_that_one_was_to_undo(bench: Workbench) -> None:
    restore = replace(OTHER, mode=Mode.RESTORE, undoes="s0")

    assert taken_over(bench, asked(restore), debt="older")["debt"] == "s0"


def test_a_takeover_of_a_switch_that_has_ended_owes_nothing_for_it(bench: Workbench) -> None:
    ended = asked(OTHER, shifted_at=5.0, outcome=Outcome.DONE, answer=GOOD)

    assert "debt" not in taken_over(bench, ended)
    assert json.loads(bench.record(OTHER)["answer"])["status"] == "SUCCESS"


def test_a_takeover_from_an_owner_that_nobody_recorded_owes_what_the_lock_says(bench: Workbench) -> None:
    assert taken_over(bench, None, debt="older")["debt"] == "older"


def test_a_takeover_does_nothing_when_somebody_was_faster(held: Workbench) -> None:
    read = journal(held, "lock", "shop")
    held.lock(RELEASE, epoch=8)
    journal(held, "take_over", OTHER, "why", read, None, EPOCH, EPOCH + 600)

    assert (held.cloud.lock("shop") or {})["owner"] == "s1"
    assert "begun" not in held.record(OTHER)


def test_a_lock_of_an_older_greenlight_can_be_taken_over(bench: Workbench) -> None:
    bench.register(asked(RELEASE))
    bench.greenlight.tamper("lock#shop", {"owner": "gone", "deadline": 1})
    journal(bench, "take_over", RELEASE, "why", journal(bench, "lock", "shop"), None, EPOCH, EPOCH + 600)

    assert ((bench.cloud.lock("shop") or {})["owner"], (bench.cloud.lock("shop") or {})["epoch"]) == ("s1", 1)


def test_retaking_is_a_new_epoch_that_keeps_debt_and_deadline(held: Workbench) -> None:
    held.lock(RELEASE, debt="dead", deadline=999, reason="why")
    lock = journal(held, "retake", RELEASE, EPOCH + 50)

    assert lock == Lock("s1", 8, "dead", "why", EPOCH + 50, 999.0)
    assert journal(held, "lock", "shop") == lock


def test_a_lock_of_another_is_not_retaken(held: Workbench) -> None:
    with pytest.raises(LockLostError, match=r"^the lock of shop is held by s1, not by other$"):
        journal(held, "retake", OTHER, EPOCH)


def test_a_lock_that_is_gone_is_not_retaken(bench: Workbench) -> None:
    with pytest.raises(LockLostError, match=r"^the lock of shop is held by nobody, not by s1$"):
        journal(bench, "retake", RELEASE, EPOCH)


def test_a_switch_that_is_answered_does_not_retake_its_lock(held: Workbench) -> None:
    held.amend(RELEASE, answer="{}")

    with pytest.raises(LockLostError, match=r"^the lock of shop is held by s1, not by s1$"):
        journal(held, "retake", RELEASE, EPOCH)
    assert (held.cloud.lock("shop") or {})["epoch"] == 7


def test_the_fence_holds_for_one_owner_in_one_epoch(held: Workbench) -> None:
    assert journal(held, "holds", HOLD)
    assert not journal(held, "holds", LATER_HOLD)
    assert not journal(held, "holds", Hold("other", "shop", 7))
    assert not journal(held, "holds", Hold("s1", "report", 7))


def test_a_takeover_does_nothing_when_the_old_owner_is_answered_meanwhile(bench: Workbench) -> None:
    bench.register(asked(RELEASE), asked(OTHER))
    bench.lock(OTHER)
    read, old = journal(bench, "lock", "shop"), journal(bench, "record", "other")
    bench.amend(OTHER, answer="{}")
    journal(bench, "take_over", RELEASE, "why", read, old, EPOCH, EPOCH + 600)

    assert (bench.cloud.lock("shop") or {})["owner"] == "other"
    assert "outcome" not in bench.record(OTHER)


def test_a_takeover_owes_for_an_owner_of_whom_nobody_can_read_whether_it_shifted(bench: Workbench) -> None:
    bench.register(asked(OTHER))
    bench.amend(OTHER, shifted_at="soon")
    old = journal(bench, "record", "other")
    bench.register(asked(RELEASE))
    bench.lock(OTHER)
    journal(bench, "take_over", RELEASE, "why", journal(bench, "lock", "shop"), old, EPOCH, EPOCH + 600)

    assert (bench.cloud.lock("shop") or {})["debt"] == "other"


def changed_as_it_is_written(bench: Workbench, **lock: Any) -> None:
    """Somebody is faster."""
    changes = iter([True])

    def before(_actor: str, call: str, _number: int) -> None:
        if call == "dynamodb.TransactWriteItems" and next(changes, False):
            bench.lock(**lock)

    bench.cloud.before_call = before


def test_a_lock_that_another_takes_in_the_same_epoch_is_not_taken_over(held: Workbench) -> None:
    third = replace(OTHER, id="third")
    held.register(asked(third))
    changed_as_it_is_written(held, switch=OTHER, epoch=7)
    journal(held, "take_over", third, "why", journal(held, "lock", "shop"), None, EPOCH, EPOCH + 600)

    assert (held.cloud.lock("shop") or {})["owner"] == "other"


def test_a_lock_whose_epoch_grows_meanwhile_is_not_retaken(held: Workbench) -> None:
    changed_as_it_is_written(held, switch=RELEASE, epoch=9)

    with pytest.raises(LockLostError):
        journal(held, "retake", RELEASE, EPOCH)
    assert (held.cloud.lock("shop") or {})["epoch"] == 9


def test_an_own_lock_without_an_epoch_gets_its_first_when_it_is_retaken(held: Workbench) -> None:
    held.greenlight.tamper("lock#shop", {"owner": "s1"})

    assert journal(held, "retake", RELEASE, EPOCH).epoch == 1
    assert (held.cloud.lock("shop") or {})["epoch"] == 1
