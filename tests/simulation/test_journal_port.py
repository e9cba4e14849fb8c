"""The journal's port against the simulated table: each transaction of docs/protocol.md, conditions and items."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from traffic_switch.contract import Color
from traffic_switch.errors import JournalAwayError, JournalError, LockLostError
from traffic_switch.journal import Answer, Before, Closing, Lock, Newest, Properties, Record
from traffic_switch.model import Hold, Live, Mode, Outcome, Switch, Weights
from traffic_switch.ports.journal_items import KEEP_SECONDS
from traffic_switch.verdict import failed, passed

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.errors import AwsError
from tests.simulation.faults import Fault, Kind, Outage
from tests.simulation.workbench import RELEASE, RESTORE, Workbench, asked

OTHER = replace(RELEASE, id="other", color=Color.BLUE, version="v3")
HOLD = Hold("s1", "shop", 7)
LATER_HOLD = Hold("s1", "shop", 8)
BLUE = Live(Color.BLUE, "v1", Weights(100, 0), "stack/A")
GREEN = Live(Color.GREEN, "v2", Weights(0, 100), "stack/B")
GOOD = Answer("SUCCESS", "well", {"Outcome": "DONE"})
THEN = Properties("old", "new")


@pytest.fixture
def bench() -> Workbench:
    return Workbench()


@pytest.fixture
def held(bench: Workbench) -> Workbench:
    """The switch s1 is recorded and holds the lock in epoch 7."""
    bench.register(asked(RELEASE), asked(OTHER))
    bench.lock(RELEASE)
    return bench


def journal(bench: Workbench, name: str, *given: Any) -> Any:
    """Call a method of the port."""
    return bench.run(lambda world: getattr(world.journal, name)(*given))


def test_a_switch_that_was_recorded_reads_back_as_it_was(bench: Workbench) -> None:
    record = asked(RELEASE, resource="stack/Release", properties=THEN)
    bench.register(record)

    assert journal(bench, "record", "s1") == record


def test_a_switch_that_was_answered_at_once_reads_back_as_it_was(bench: Workbench) -> None:
    record = asked(RELEASE, answer=GOOD, outcome=Outcome.UNCHANGED, reason="kept")
    bench.register(record)

    assert journal(bench, "record", "s1") == record


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
    assert journal(bench, "newest", "stack/Release") == Newest("s1", record)


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


DONE = Closing(Outcome.DONE, "well", GOOD, changes_live=True, live=GREEN)


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

    assert "request" not in held.record(RELEASE)
    assert journal(held, "record", "s1").request is None


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


@pytest.mark.parametrize(
    ("name", "given"), [("record", ("s1",)), ("mark", (HOLD, 5.0)), ("begin", ("s1", "bake", 5.0))]
)
def test_a_table_that_does_not_answer_is_one_error_with_the_cause(held: Workbench, name: str, given: Any) -> None:
    now = held.cloud.kernel.time
    held.cloud.faults.outages.append(Outage("dynamodb", now, now + 100))

    with pytest.raises(JournalAwayError, match=r"^the journal did not take the call: \w+: .+"):
        journal(held, name, *given)


def conflicts(bench: Workbench, times: int) -> list[float]:
    """Let so many transactions meet another one; return when each was tried."""
    real, tried = bench.cloud.dynamodb.transact_write_items, list[float]()

    def meets(request: dict[str, Any]) -> dict[str, Any]:
        tried.append(bench.cloud.kernel.time)
        if len(tried) > times:
            answer: dict[str, Any] = real(request)
            return answer
        reasons = [{"Code": "TransactionConflict"}, *[{"Code": "None"}] * (len(request["TransactItems"]) - 1)]
        raise AwsError("TransactionCanceledException", "Transaction cancelled", CancellationReasons=reasons)

    bench.cloud.dynamodb.transact_write_items = meets  # type: ignore[method-assign]
    return tried


def test_a_transaction_that_meets_another_is_tried_again_after_a_pause_that_grows(held: Workbench) -> None:
    tried = conflicts(held, 5)
    journal(held, "mark", HOLD, 50.0)
    pauses = [later - earlier for earlier, later in pairwise(tried)]

    assert held.record(RELEASE)["shifted_at"] == 50
    assert pauses == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5], abs=0.07)


def test_six_conflicts_in_a_row_are_an_error(held: Workbench) -> None:
    tried = conflicts(held, 100)

    with pytest.raises(JournalAwayError, match="TransactionCanceledException"):
        journal(held, "mark", HOLD, 50.0)
    assert len(tried) == 6


def test_a_transaction_whose_reply_is_lost_is_sent_again_as_the_same(held: Workbench) -> None:
    held.cloud.faults.addressed["Shift", "dynamodb.TransactWriteItems", 1] = Fault(Kind.LOST_REPLY, attempts=1)
    journal(held, "close", HOLD, DONE)

    assert held.record(RELEASE)["outcome"] == "DONE"
