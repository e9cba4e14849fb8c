"""Lock by itself: who gets the lock, who may take it from whom, and what the others read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.handlers import lock
from traffic_switch.journal import Answer

from tests.simulation.cloud import STATE_MACHINE
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.pieces.workbench import BLUE_LIVE, RELEASE, REMOVE, RESTORE, Workbench, asked

OTHER = replace(RELEASE, id="other", version="v9")
ADVICE = "Wait for it, or abort it with `greenlight abort`"


@pytest.fixture
def bench() -> Workbench:
    """The release s1 and another one are recorded."""
    bench = Workbench()
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.register(asked(RELEASE), asked(OTHER))
    return bench


def locked(bench: Workbench, switch: Any = RELEASE) -> Any:
    return bench.step("Lock", switch)


def test_a_free_lock_is_taken_until_some_time_after_the_execution_must_have_ended(bench: Workbench) -> None:
    told = locked(bench)
    item = bench.cloud.lock("shop") or {}

    assert (told["verdict"], told["reason"]) == ("PASS", "locked for release green v2")
    assert told["hold"] == {"epoch": int(item["epoch"]), "debt": ""}
    assert (item["owner"], item["reason"]) == ("s1", "release green v2")
    assert item["deadline"] - item["since"] == bench.greenlight.policy.switch_deadline_seconds + 60
    assert bench.record(RELEASE)["trace:lock:0001"]["reason"] == told["reason"]


def test_a_removal_has_no_version_to_tell(bench: Workbench) -> None:
    bench.register(asked(REMOVE))

    assert locked(bench, REMOVE)["reason"] == "locked for remove blue"
    assert (bench.cloud.lock("shop") or {})["reason"] == "remove blue"


def test_a_debt_comes_with_the_lock(bench: Workbench) -> None:
    bench.lock(RELEASE, debt="dead")

    assert locked(bench)["hold"] == {"epoch": 7, "debt": "dead"}


def refused(bench: Workbench, switch: Any = RELEASE) -> str:
    """Why a switch does not get the lock."""
    told = locked(bench, switch)
    assert told["verdict"] == "LOST"
    reason: str = told["reason"]
    assert bench.record(switch)["reason"] == reason
    return reason


def test_a_switch_that_finds_another_running_is_refused_and_told_what_to_do(bench: Workbench) -> None:
    bench.lock(OTHER, deadline=int(EPOCH) + 600)

    assert refused(bench) == (
        f"another switch of shop is running: other (a test), until Unix time {EPOCH + 600:.0f} at the latest. {ADVICE}"
    )
    answer = json.loads(bench.record(RELEASE)["answer"])
    assert bench.record(RELEASE)["outcome"] == "UNCHANGED"
    assert (answer["reason"], answer["data"]["ActiveColor"]) == (bench.record(RELEASE)["reason"], "blue")
    assert bench.cloud.topics.published == []


def test_a_lock_without_a_reason_says_so(bench: Workbench) -> None:
    bench.lock(OTHER, reason="")

    assert "other (no reason given), until" in refused(bench)


@pytest.mark.parametrize("damage", [{"owner": ""}, {"owner": 5}, {"epoch": "soon"}])
def test_a_damaged_lock_is_told_with_what_to_do(bench: Workbench, damage: dict[str, Any]) -> None:
    bench.lock(OTHER, **damage)

    assert refused(bench) == (
        "the journal's item lock#shop is damaged: it names no owner or no epoch. Delete it when no execution of the "
        "switch is running, then retry"
    )


def test_a_restore_that_is_refused_is_a_page_and_succeeds(bench: Workbench) -> None:
    restore = replace(RESTORE, undoes="s9")
    bench.register(asked(restore))
    bench.lock(OTHER)
    reason = refused(bench, restore)
    (page,) = bench.cloud.pages
    answer = json.loads(bench.record(restore)["answer"])

    assert (page.subject, page.message) == ("PAGE: Greenlight shop: restore HELD", reason)
    assert (answer["status"], answer["data"]["Outcome"]) == ("SUCCESS", "HELD")


def test_a_lock_past_its_deadline_is_taken_with_what_its_owner_owes(bench: Workbench) -> None:
    bench.amend(OTHER, shifted_at=int(EPOCH))
    bench.lock(OTHER, deadline=1)
    told = locked(bench)

    item = bench.cloud.lock("shop") or {}

    assert (told["verdict"], told["hold"]) == ("PASS", {"epoch": 8, "debt": "other"})
    assert item["reason"] == "release green v2"
    assert item["deadline"] - item["since"] == bench.greenlight.policy.switch_deadline_seconds + 60
    assert bench.record(OTHER)["outcome"] == "TAKEN_OVER"


def test_an_owner_that_still_runs_is_stopped_before_its_lock_is_taken(bench: Workbench) -> None:
    bench.greenlight.executions.start("other", json.dumps(OTHER.as_input()))
    bench.register(asked(REMOVE))
    bench.lock(OTHER)
    assert locked(bench, REMOVE)["verdict"] == "PASS"
    stopped = bench.greenlight.executions.describe("other")

    assert (stopped["status"], stopped["error"]) == ("ABORTED", "Undone")
    assert stopped["cause"] == "remove s3 takes over"


def test_an_owner_that_never_ran_needs_no_stopping(bench: Workbench) -> None:
    bench.lock(OTHER, deadline=1)

    assert locked(bench)["verdict"] == "PASS"


def test_an_owner_that_is_answered_has_ended(bench: Workbench) -> None:
    bench.greenlight.tamper("switch#other", None)
    bench.register(asked(OTHER, answer=Answer("FAILED", "over")))
    bench.lock(OTHER)

    assert locked(bench)["verdict"] == "PASS"


def test_a_removal_takes_even_a_lock_that_names_nobody(bench: Workbench) -> None:
    bench.register(asked(REMOVE))
    bench.greenlight.tamper("lock#shop", {"reason": "?"})

    assert locked(bench, REMOVE)["verdict"] == "PASS"


def test_a_switch_that_is_ended_while_it_asks_gets_nothing(bench: Workbench) -> None:
    bench.amend(RELEASE, answer=json.dumps({"status": "FAILED", "reason": "over", "data": {}}))
    told = locked(bench)

    assert (told["verdict"], told["reason"]) == ("LOST", "the switch s1 has been ended")


def test_a_lock_that_changes_hands_four_times_is_not_waited_for(bench: Workbench) -> None:
    epochs = iter(range(100, 200))

    def changes(_actor: str, call: str, _number: int) -> None:
        if call == "dynamodb.TransactWriteItems":
            bench.lock(OTHER, epoch=next(epochs), deadline=1)

    bench.cloud.before_call = changes

    assert refused(bench) == ("the lock of shop changed hands 4 times while this switch tried to get it: try again")


def test_whoever_runs_is_stopped_on_the_machine_that_the_execution_names(bench: Workbench) -> None:
    bench.greenlight.executions.start("other", json.dumps(OTHER.as_input()))
    bench.lock(OTHER, deadline=1)
    event = {"switch": RELEASE.as_input(), "machine": STATE_MACHINE}
    bench.run(lambda world: lock.handle.step(event, world), "Lock", GREENLIGHT_STATE_MACHINE="arn:of:nobody")

    assert bench.greenlight.executions.describe("other")["status"] == "ABORTED"
