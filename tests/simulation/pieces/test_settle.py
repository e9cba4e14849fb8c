"""Settle by itself: switches whose execution died, and what people read then."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.handlers import settle
from traffic_switch.journal import Answer
from traffic_switch.model import Switch
from traffic_switch.ports.journal_items import answer_to_text

from tests.simulation.cloud import STATE_MACHINE
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Fault, Kind
from tests.simulation.functions import Invocation
from tests.simulation.pieces.workbench import BLUE_BEFORE, BLUE_LIVE, RELEASE, REMOVE, RESTORE, Workbench, asked

DIED = "The switch did not end by itself but was TIMED_OUT: no cause was given"


@pytest.fixture
def bench() -> Workbench:
    """Blue is live, and all traffic is on it."""
    bench = Workbench()
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.greenlight.site.write_rule(100, 0)
    return bench


def shifted(bench: Workbench) -> None:
    """A release has moved the traffic to green, and holds the lock."""
    bench.register(asked(RELEASE))
    bench.amend(RELEASE, begun=int(EPOCH), before=BLUE_BEFORE, shifted_at=int(EPOCH))
    bench.lock(RELEASE)
    bench.greenlight.site.write_rule(0, 100)


def detail(switch: Switch, **more: Any) -> dict[str, Any]:
    """What EventBridge says of an execution that died."""
    text = json.dumps(switch.as_input())
    return {"name": switch.id, "status": "TIMED_OUT", "input": text, "stateMachineArn": STATE_MACHINE, **more}


def settled(bench: Workbench, switch: Switch, tries: int = 1, **more: Any) -> Invocation:
    """Let the queue deliver the event."""
    body = json.dumps({"detail": detail(switch, **more)})
    record = {"body": body, "attributes": {"ApproximateReceiveCount": str(tries)}}
    return bench.cloud.functions.invoke("Settle", {"Records": [record]})


def outcome(bench: Workbench, switch: Switch) -> tuple[str, str]:
    """How a switch ended, and why."""
    item = bench.record(switch)
    return item["outcome"], item["reason"]


def test_traffic_that_a_dead_switch_had_moved_comes_back(bench: Workbench) -> None:
    shifted(bench)

    assert settled(bench, RELEASE).result == {"settled": True}
    assert outcome(bench, RELEASE) == (
        "ROLLED_BACK",
        f"{DIED}. Traffic is back as it was: 1 of 1 targets of blue are healthy",
    )
    assert bench.greenlight.site.rule_weights() == {"blue": 100, "green": 0}
    assert [answer["Status"] for answer in bench.cloud.answers["s1"]] == ["FAILED"]


def test_an_event_that_comes_without_a_queue_is_settled_too(bench: Workbench) -> None:
    shifted(bench)
    bench.cloud.functions.invoke("Settle", {"detail": detail(RELEASE)})

    assert outcome(bench, RELEASE)[0] == "ROLLED_BACK"


def test_a_dead_switch_whose_copies_may_still_write_is_waited_for(bench: Workbench) -> None:
    shifted(bench)
    settled(bench, RELEASE)

    assert bench.cloud.kernel.time > bench.greenlight.policy.write_settle_seconds
    writes = [call for _, _, call, _ in bench.cloud.kernel.trace if call == "elbv2.ModifyRule"]
    assert len(writes) == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"cause": "it was stopped", "error": "Undone"}, "it was stopped"),
        ({"error": "Undone"}, "Undone"),
        ({"cause": json.dumps({"errorMessage": "no luck", "stackTrace": ["..."]})}, "no luck"),
        ({"cause": '{"code": 1}'}, '{"code": 1}'),
        ({}, "no cause was given"),
    ],
)
def test_people_read_why_the_execution_died(bench: Workbench, more: Any, words: str) -> None:
    bench.register(asked(RELEASE))
    settled(bench, RELEASE, **more)

    assert outcome(bench, RELEASE)[1] == (
        f"The switch did not end by itself but was TIMED_OUT: {words}. It had not begun"
    )


def test_a_release_that_never_began_is_refused_and_takes_no_lock(bench: Workbench) -> None:
    bench.register(asked(RELEASE))
    settled(bench, RELEASE)

    assert outcome(bench, RELEASE) == ("UNCHANGED", f"{DIED}. It had not begun")
    assert "begun" not in bench.record(RELEASE)
    assert [answer["Status"] for answer in bench.cloud.answers["s1"]] == ["FAILED"]


def test_a_restore_that_never_began_still_takes_the_traffic_back(bench: Workbench) -> None:
    shifted(bench)
    bench.register(asked(RESTORE))
    settled(bench, RESTORE)

    assert outcome(bench, RESTORE)[0] == "ROLLED_BACK"
    assert bench.greenlight.site.rule_weights() == {"blue": 100, "green": 0}
    assert "evidence" not in bench.record(RESTORE)


def test_a_removal_that_never_began_still_removes_the_rule(bench: Workbench) -> None:
    bench.register(asked(REMOVE))
    settled(bench, REMOVE)

    assert outcome(bench, REMOVE) == ("REMOVED", "the production rule of shop is gone")
    assert bench.greenlight.site.rule() is None


def test_a_restore_that_cannot_get_the_lock_is_a_page(bench: Workbench) -> None:
    shifted(bench)
    restore = replace(RESTORE, undoes="s9")
    bench.register(asked(restore))
    settled(bench, restore)
    (page,) = bench.cloud.pages

    assert page.subject == "PAGE: Greenlight shop: restore HELD"
    assert page.message.startswith(f"{DIED}. another switch of shop is running: s1 (a test), until Unix time ")
    assert outcome(bench, RESTORE) == ("HELD", page.message)


def test_the_evidence_of_a_dead_release_is_kept(bench: Workbench) -> None:
    shifted(bench)
    settled(bench, RELEASE)
    evidence = json.loads(bench.record(RELEASE)["evidence"])
    (healthy,) = evidence["blue"]["targets"]

    assert evidence["why"] == DIED
    assert evidence["decision"] == {"outcome": "ROLLED_BACK", "reason": "1 of 1 targets of blue are healthy"}
    assert (healthy["id"], healthy["state"]) == ("i-1", "healthy")
    assert evidence["green"]["alarms"] == [
        {"name": "shop-green-errors", "state": "OK"},
        {"name": "shop-green-latency", "state": "OK"},
    ]


def test_evidence_that_cannot_be_had_is_told_and_stops_nothing(bench: Workbench) -> None:
    bench.register(asked(RELEASE))
    bench.amend(RELEASE, begun=int(EPOCH))
    bench.lock(RELEASE)
    bench.cloud.faults.addressed["Settle", "elbv2.DescribeTargetHealth", 1] = Fault(Kind.DENIED)
    settled(bench, RELEASE)
    evidence = json.loads(bench.record(RELEASE)["evidence"])

    assert "DescribeTargetHealth" in evidence["problem"]["message"]
    assert evidence["decision"]["outcome"] == outcome(bench, RELEASE)[0] == "UNCHANGED"


def test_evidence_that_cannot_be_kept_stops_nothing(bench: Workbench) -> None:
    shifted(bench)

    bench.cloud.faults.addressed["Settle", "dynamodb.UpdateItem", 1] = Fault(Kind.DENIED)
    settled(bench, RELEASE)

    assert outcome(bench, RELEASE)[0] == "ROLLED_BACK"
    assert "evidence" not in bench.record(RELEASE)


def test_a_switch_that_is_answered_is_answered_once_more_and_nothing_else(bench: Workbench) -> None:
    bench.register(asked(RELEASE))
    bench.amend(RELEASE, answer=answer_to_text(Answer("SUCCESS", "well", {"Outcome": "DONE"})))
    bench.lock(RELEASE)
    settled(bench, RELEASE)

    assert [answer["Reason"] for answer in bench.cloud.answers["s1"]] == ["well"]
    assert bench.cloud.request_item("s1") is None
    assert bench.cloud.lock("shop") is not None


def test_a_switch_that_nobody_recorded_is_nobodys(bench: Workbench) -> None:
    assert settled(bench, RELEASE).result == {"settled": True}
    assert bench.greenlight.switches() == []


@pytest.mark.parametrize("text", ["{", "{}", "[]", json.dumps({**RELEASE.as_input(), "mode": "wish"})])
def test_an_execution_that_was_no_switch_is_nobodys(bench: Workbench, text: str) -> None:
    shifted(bench)
    event = {"detail": detail(RELEASE, input=text)}

    assert bench.run(lambda world: settle.handle.step(event, world)) == {"settled": True}
    assert "outcome" not in bench.record(RELEASE)


def test_after_one_that_was_no_switch_the_next_is_settled(bench: Workbench) -> None:
    shifted(bench)
    bodies = [{"detail": {**detail(RELEASE), "input": "{}"}}, {"detail": detail(RELEASE)}]
    records = [{"body": json.dumps(one), "attributes": {"ApproximateReceiveCount": "1"}} for one in bodies]
    bench.cloud.functions.invoke("Settle", {"Records": records})

    assert outcome(bench, RELEASE)[0] == "ROLLED_BACK"


def test_a_lock_that_a_person_deleted_is_taken_again(bench: Workbench) -> None:
    shifted(bench)
    bench.greenlight.tamper("lock#shop", None)
    settled(bench, RELEASE)

    assert outcome(bench, RELEASE)[0] == "ROLLED_BACK"


def test_a_switch_that_began_and_whose_lock_another_has_is_settled_later(bench: Workbench) -> None:
    shifted(bench)
    other = replace(RELEASE, id="other")
    bench.register(asked(other))
    bench.lock(other)
    failed = settled(bench, RELEASE)

    assert failed.error == "UnsettledError"
    assert json.loads(failed.cause)["errorMessage"].startswith("another switch of shop is running: other")
    assert bench.cloud.pages == []


def test_a_switch_that_another_ends_meanwhile_is_answered_with_what_that_one_fixed(bench: Workbench) -> None:
    shifted(bench)

    def ends(_actor: str, call: str, _number: int) -> None:
        if call == "elbv2.ModifyRule":
            answer = {"status": "FAILED", "reason": "taken over", "data": {}}
            bench.amend(RELEASE, answer=json.dumps(answer))
            bench.greenlight.tamper("lock#shop", {"owner": "other", "epoch": 9})

    bench.cloud.before_call = ends
    settled(bench, RELEASE)

    assert [answer["Reason"] for answer in bench.cloud.answers["s1"]] == ["taken over"]


def test_a_switch_that_loses_its_lock_and_has_no_answer_is_settled_later(bench: Workbench) -> None:
    shifted(bench)

    def steals(_actor: str, call: str, _number: int) -> None:
        if call == "elbv2.ModifyRule":
            bench.greenlight.tamper("lock#shop", {"owner": "other", "epoch": 9})

    bench.cloud.before_call = steals
    failed = settled(bench, RELEASE)

    assert failed.error == "UnsettledError"
    assert json.loads(failed.cause)["errorMessage"] == "the switch s1 is not ended yet"


def unsettled(bench: Workbench, tries: int) -> None:
    """A switch cannot be settled, at the delivery of this number."""
    shifted(bench)
    other = replace(RELEASE, id="other")
    bench.register(asked(other))
    bench.lock(other)
    assert settled(bench, RELEASE, tries=tries).error == "UnsettledError"


def test_the_third_failure_to_settle_is_a_page(bench: Workbench) -> None:
    unsettled(bench, 3)
    (page,) = bench.cloud.pages
    said, _, end = page.message.partition(": another switch of shop is running: other")

    assert page.subject == "PAGE: Greenlight shop: release is not settled"
    assert said == "The switch s1 died, and closing it has failed 3 times"
    assert end.endswith(". It is tried again by itself. Until then no other switch of the service can run")


@pytest.mark.parametrize("tries", [1, 2, 4])
def test_no_other_failure_to_settle_is_a_page(bench: Workbench, tries: int) -> None:
    unsettled(bench, tries)

    assert bench.cloud.pages == []


def test_a_page_that_does_not_get_through_changes_nothing(bench: Workbench) -> None:
    bench.cloud.topics.topics.clear()
    unsettled(bench, 3)

    assert bench.cloud.pages == []


def test_a_switch_that_is_settled_takes_a_new_epoch_of_its_lock_first(bench: Workbench) -> None:
    shifted(bench)
    locks: list[dict[str, Any]] = []

    def sees(call: str, _parameters: object) -> None:
        if call == "elbv2.ModifyRule":
            locks.append(bench.cloud.lock("shop") or {})

    bench.cloud.after_event.append(sees)
    settled(bench, RELEASE)

    assert [lock["epoch"] for lock in locks] == [8, 8]
    assert float(locks[0]["since"]) == pytest.approx(EPOCH, abs=2)


def test_whoever_runs_is_stopped_on_the_machine_that_the_event_names(bench: Workbench) -> None:
    other = replace(RELEASE, id="other")
    bench.register(asked(REMOVE), asked(other))
    bench.lock(other)
    bench.greenlight.executions.start("other", json.dumps(other.as_input()))
    event = {"detail": detail(REMOVE)}
    bench.run(lambda world: settle.handle.step(event, world), "Settle", GREENLIGHT_STATE_MACHINE="arn:of:nobody")

    assert bench.greenlight.executions.describe("other")["status"] == "ABORTED"


def test_an_event_without_a_queue_is_the_first_delivery() -> None:
    assert list(settle.died({"detail": {"status": "FAILED"}})) == [({"status": "FAILED"}, 1)]
