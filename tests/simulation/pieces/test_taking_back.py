"""Taking traffic back, by RollBack itself: what is proved and waited for, and what people read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.model import Hold, Outcome, RuleLook
from traffic_switch.rule_writing import awaited
from traffic_switch.taking_back import bring_back

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Fault, Kind
from tests.simulation.installation import BRIEF
from tests.simulation.people import Operator
from tests.simulation.pieces.rollback import FAILURE, HEALTHY, NEXT, calls, outcome, rolled_back
from tests.simulation.pieces.workbench import (
    BACK_TO_BLUE,
    BLUE_BEFORE,
    BLUE_LIVE,
    GREEN_BEFORE,
    GREEN_LIVE,
    RELEASE,
    RESTORE,
    Workbench,
    asked,
    new_installation,
)

NOTHING_BEFORE: dict[str, Any] = {"weights": {}, "live": {}}


def test_a_release_whose_only_shift_has_ended_is_taken_back_in_one_write(moved: Workbench) -> None:
    told, started = rolled_back(moved), 5.0

    assert (told["verdict"], told["reason"]) == ("PASS", HEALTHY)
    assert outcome(moved) == ("ROLLED_BACK", f"Bake failed: too many failed. Traffic is back as it was: {HEALTHY}")
    assert len(calls(moved, "elbv2.ModifyRule")) == 1
    assert moved.cloud.kernel.time - started < 5
    assert moved.greenlight.site.rule_weights() == {"blue": 100, "green": 0}


def test_what_was_live_before_is_live_again(moved: Workbench) -> None:
    moved.greenlight.tamper("live#shop", {**BLUE_LIVE, "color": "green", "version": "v2"})
    rolled_back(moved)
    live = moved.cloud.live("shop") or {}

    assert (live["color"], live["version"], moved.record(RELEASE)["undone"]) == ("blue", "v1", "s1")
    assert json.loads(moved.record(RELEASE)["answer"])["data"]["ActiveColor"] == "blue"


@pytest.mark.parametrize("payload", [{"clean": False}, {"redrives": 1}, {"epoch": 6}])
def test_where_another_write_may_be_on_its_way_one_helps_early_and_one_is_final(
    moved: Workbench, payload: dict[str, Any]
) -> None:
    rolled_back(moved, **payload)
    early, final = calls(moved, "elbv2.ModifyRule")

    assert early < 10
    assert final - early > moved.greenlight.policy.write_settle_seconds - 2
    assert outcome(moved)[0] == "ROLLED_BACK"


def test_an_early_write_that_fails_does_no_harm(moved: Workbench) -> None:
    moved.cloud.faults.addressed["Rollback", "elbv2.ModifyRule", 1] = Fault(Kind.DENIED)
    rolled_back(moved, clean=False)

    assert outcome(moved)[0] == "ROLLED_BACK"


def test_nothing_is_written_early_onto_a_rule_that_somebody_changed(moved: Workbench) -> None:
    Operator(moved.greenlight.site).set_weights(50, 50)
    rolled_back(moved, clean=False)

    assert len(calls(moved, "elbv2.ModifyRule")) == 0
    assert outcome(moved)[0] == "HELD"


def test_a_rule_that_somebody_changed_stays_and_is_a_page(moved: Workbench) -> None:
    Operator(moved.greenlight.site).set_weights(50, 50)
    told = rolled_back(moved)
    reason = "somebody changed the production rule meanwhile: the production rule has blue 50, green 50"

    assert (told["verdict"], told["reason"]) == ("FAIL", reason)
    assert outcome(moved) == (
        "HELD",
        f"Bake failed: too many failed. TRAFFIC WAS HELD WHERE IT IS: {reason}. {NEXT}",
    )
    assert [page.message for page in moved.cloud.pages] == [outcome(moved)[1]]
    assert moved.greenlight.site.rule_weights() == {"blue": 50, "green": 50}


def test_a_switch_that_moved_nothing_ends_unchanged(idle: Workbench) -> None:
    told = rolled_back(idle, failure={"phase": "Gate", "reason": "sick"})

    assert (told["verdict"], told["reason"]) == ("PASS", "no traffic had moved")
    assert outcome(idle) == ("UNCHANGED", "Gate failed: sick. Traffic was not touched: no traffic had moved")
    assert calls(idle, "elbv2.ModifyRule") == []
    assert idle.cloud.live("shop") is not None


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ({"phase": "Shift", "reason": json.dumps({"errorMessage": "no luck"})}, "Shift failed: no luck. "),
        ({"phase": "Shift", "reason": '{"error": 1}'}, 'Shift failed: {"error": 1}. '),
        ({"phase": "Shift", "reason": "[]"}, "Shift failed: []. "),
        ({"phase": "Shift"}, "Shift failed:. "),
        ({"reason": "stopped"}, "stopped. "),
        ({}, ""),
    ],
)
def test_people_read_what_failed(idle: Workbench, failure: dict[str, str], words: str) -> None:
    rolled_back(idle, failure=failure)

    assert outcome(idle)[1] == f"{words}Traffic was not touched: no traffic had moved"


@pytest.mark.parametrize("damage", [{"before": "what was before"}, {"before": None}, {"shifted_at": "soon"}])
def test_a_record_that_does_not_say_what_was_before_holds_the_traffic(moved: Workbench, damage: dict[str, Any]) -> None:
    item = {name: value for name, value in {**moved.record(RELEASE), **damage}.items() if value is not None}
    moved.greenlight.tamper("switch#s1", item)
    told = rolled_back(moved)

    assert (told["verdict"], told["reason"]) == ("FAIL", "the journal's item of the switch is damaged or gone")
    assert outcome(moved)[0] == "HELD"
    assert calls(moved, "elbv2.ModifyRule") == []


def test_a_lock_that_is_anothers_writes_nothing_and_says_so(moved: Workbench) -> None:
    moved.lock(replace(RELEASE, id="other"))
    told = rolled_back(moved)

    assert (told["verdict"], told["reason"]) == ("LOST", "the lock of shop is held by other, not by s1")
    assert (told["hold"], told["before"]) == ({"epoch": 7, "debt": ""}, BLUE_BEFORE)
    assert calls(moved, "elbv2.ModifyRule") == []


def test_a_lock_that_is_lost_while_traffic_is_taken_back_closes_nothing(moved: Workbench) -> None:
    moved.cloud.after_event.append(
        lambda call, _: moved.lock(RELEASE, epoch=99) if call == "elbv2.ModifyRule" else None
    )
    told = rolled_back(moved)

    assert (told["verdict"], told["reason"]) == (
        "LOST",
        "the lock of shop was taken from s1 while it took traffic back",
    )
    assert "outcome" not in moved.record(RELEASE)


def test_where_there_was_no_rule_it_is_deleted_again(moved: Workbench) -> None:
    moved.amend(RELEASE, before=NOTHING_BEFORE)
    told = rolled_back(moved)

    assert told["reason"] == "there was no production rule before the switch"
    assert moved.greenlight.site.rule() is None
    assert outcome(moved)[0] == "ROLLED_BACK"
    assert moved.cloud.live("shop") is None


def test_where_there_was_no_rule_nothing_is_written_early(moved: Workbench) -> None:
    moved.amend(RELEASE, before=NOTHING_BEFORE)
    rolled_back(moved, clean=False)

    assert calls(moved, "elbv2.ModifyRule") == []
    assert moved.greenlight.site.rule() is None


def test_where_there_was_no_rule_a_changed_one_stays(moved: Workbench) -> None:
    moved.amend(RELEASE, before=NOTHING_BEFORE)
    Operator(moved.greenlight.site).set_weights(50, 50)
    rolled_back(moved)

    assert moved.greenlight.site.rule_weights() == {"blue": 50, "green": 50}
    assert outcome(moved)[0] == "HELD"


def test_a_restore_of_the_switch_that_it_owes_for_takes_it_back_once(moved: Workbench) -> None:
    moved.register(asked(RESTORE))
    moved.lock(RESTORE, debt="s1")
    moved.step("Rollback", RESTORE, hold={"epoch": 7, "debt": "s1"})

    assert outcome(moved, "s2") == ("ROLLED_BACK", f"Traffic is back as it was: {HEALTHY}")
    assert moved.record(RELEASE)["undone"] == "s2"
    assert "paid" not in moved.record(RESTORE)


def test_a_restore_of_a_switch_that_is_gone_holds_the_traffic(moved: Workbench) -> None:
    restore = replace(RESTORE, undoes="gone")
    moved.register(asked(restore))
    moved.lock(restore)
    told = moved.step("Rollback", restore)

    assert (told["verdict"], told["reason"]) == ("FAIL", "the journal's item of the switch is damaged or gone")


def test_a_restore_that_finds_nothing_to_do_is_no_news(idle: Workbench) -> None:
    idle.register(asked(RESTORE))
    idle.lock(RESTORE)
    idle.step("Rollback", RESTORE)

    assert outcome(idle, "s2") == ("UNCHANGED", "Traffic was not touched: no traffic had moved")
    assert idle.cloud.topics.published == []


def test_news_that_gets_lost_keep_no_switch_from_its_end(moved: Workbench) -> None:
    moved.cloud.topics.topics.clear()
    rolled_back(moved)

    assert outcome(moved)[0] == "ROLLED_BACK"


def test_a_page_must_get_through_before_a_switch_is_closed(moved: Workbench) -> None:
    moved.cloud.topics.topics.clear()
    Operator(moved.greenlight.site).set_weights(50, 50)
    failed = moved.invoke("Rollback", RELEASE, before=BLUE_BEFORE, failure=FAILURE, clean=True)

    assert failed.error == "AwsCallError"
    assert "outcome" not in moved.record(RELEASE)


def test_the_answer_names_what_is_live(moved: Workbench) -> None:
    rolled_back(moved)
    answer = json.loads(moved.record(RELEASE)["answer"])

    assert (answer["status"], answer["data"]) == ("FAILED", {"ActiveColor": "blue", "Outcome": "ROLLED_BACK"})


def test_a_damaged_note_of_what_is_live_keeps_no_switch_from_its_end(idle: Workbench) -> None:
    idle.greenlight.tamper("live#shop", {"color": "teal"})
    rolled_back(idle)

    assert json.loads(idle.record(RELEASE)["answer"])["data"]["ActiveColor"] == "none"


def green_before(moved: Workbench) -> None:
    """The release s5 has moved all traffic from green to blue, and holds the lock."""
    moved.register(asked(BACK_TO_BLUE))
    moved.amend(BACK_TO_BLUE, begun=int(EPOCH), before=GREEN_BEFORE, shifted_at=int(EPOCH))
    moved.lock(BACK_TO_BLUE)
    moved.greenlight.site.write_rule(100, 0)


@pytest.mark.parametrize(("clean", "writes"), [(True, 1), (False, 2)])
def test_traffic_of_a_release_of_blue_goes_back_to_green(moved: Workbench, clean: bool, writes: int) -> None:
    green_before(moved)
    moved.step("Rollback", BACK_TO_BLUE, before=GREEN_BEFORE, failure=FAILURE, clean=clean)

    assert outcome(moved, "s5")[0] == "ROLLED_BACK"
    assert moved.greenlight.site.rule_weights() == {"blue": 0, "green": 100}
    assert len(calls(moved, "elbv2.ModifyRule")) == writes


def test_where_there_was_no_rule_a_rule_that_sends_all_to_blue_is_deleted(moved: Workbench) -> None:
    green_before(moved)
    moved.amend(BACK_TO_BLUE, before=NOTHING_BEFORE)
    moved.step("Rollback", BACK_TO_BLUE, before=NOTHING_BEFORE, failure=FAILURE, clean=True)

    assert moved.greenlight.site.rule() is None


def test_traffic_that_is_back_already_is_written_early_all_the_same(moved: Workbench) -> None:
    moved.greenlight.site.write_rule(100, 0)
    rolled_back(moved, clean=False)

    assert len(calls(moved, "elbv2.ModifyRule")) == 2


def test_a_rule_that_somebody_deleted_is_not_made_again(moved: Workbench) -> None:
    Operator(moved.greenlight.site).delete_rule()
    told = rolled_back(moved)

    assert told["reason"] == "somebody changed the production rule meanwhile: there is no production rule"
    assert moved.greenlight.site.rule() is None


def test_what_looks_like_a_hand_edit_is_the_work_of_whoever_has_the_lock_by_then(moved: Workbench) -> None:
    Operator(moved.greenlight.site).set_weights(50, 50)
    moved.cloud.kernel.at(10.0, lambda: moved.lock(replace(RELEASE, id="other"), epoch=9))
    told = rolled_back(moved)

    assert (told["verdict"], told["reason"]) == (
        "LOST",
        "the lock of shop was taken from s1 while it took traffic back",
    )
    assert moved.cloud.pages == []


def test_a_record_whose_switch_cannot_be_read_holds_the_traffic(moved: Workbench) -> None:
    moved.amend(RELEASE, switch="{")

    assert rolled_back(moved)["reason"] == "the journal's item of the switch is damaged or gone"


def test_traffic_that_is_held_leaves_what_is_live_and_answers_with_it(moved: Workbench) -> None:
    moved.greenlight.tamper("live#shop", GREEN_LIVE)
    Operator(moved.greenlight.site).set_weights(50, 50)
    rolled_back(moved)

    assert json.loads(moved.record(RELEASE)["answer"])["data"] == {"ActiveColor": "green", "Outcome": "HELD"}


def test_a_rollback_is_known_to_have_begun_before_it_writes(moved: Workbench) -> None:
    began: list[float] = []

    def sees(call: str, _parameters: object) -> None:
        if call == "elbv2.ModifyRule":
            began.append(float(moved.record(RELEASE)["phase:rollback"]))

    moved.cloud.after_event.append(sees)
    rolled_back(moved)

    assert began == [pytest.approx(EPOCH + 5, abs=1)]


def test_a_rollback_takes_a_new_epoch_of_the_lock_first(moved: Workbench) -> None:
    locks: list[dict[str, Any]] = []

    def sees(call: str, _parameters: object) -> None:
        if call == "elbv2.ModifyRule":
            locks.append(moved.cloud.lock("shop") or {})

    moved.cloud.after_event.append(sees)
    rolled_back(moved)

    assert locks[0]["epoch"] == 8
    assert float(locks[0]["since"]) == pytest.approx(EPOCH + 5, abs=1)


def test_the_evidence_of_a_failed_release_is_kept(moved: Workbench) -> None:
    rolled_back(moved)
    evidence = json.loads(moved.record(RELEASE)["evidence"])

    assert evidence["why"] == "Bake failed: too many failed"
    assert evidence["decision"] == {"outcome": "ROLLED_BACK", "reason": HEALTHY}
    assert [one["id"] for one in evidence["green"]["targets"]] == ["i-1"]


def test_a_restore_keeps_no_evidence(moved: Workbench) -> None:
    moved.register(asked(RESTORE))
    moved.lock(RESTORE)
    moved.step("Rollback", RESTORE)

    assert "evidence" not in moved.record(RESTORE)


def test_a_restore_of_a_switch_that_does_not_say_what_was_before_is_held_though_nothing_moved(idle: Workbench) -> None:
    idle.amend(RELEASE, before="what was before")
    idle.register(asked(RESTORE))
    idle.lock(RESTORE)

    assert idle.step("Rollback", RESTORE)["reason"] == "the journal's item of the switch is damaged or gone"


def test_a_switch_whose_record_is_gone_has_nothing_to_take_back(moved: Workbench) -> None:
    moved.greenlight.tamper("switch#s1", None)
    traffic = moved.run(lambda world: bring_back(world, RELEASE, Hold("s1", "shop", 7), clean=True), "Rollback")

    assert (traffic.ending.outcome, traffic.reason) == (Outcome.UNCHANGED, "no traffic had moved")


def test_a_restore_answers_success_whatever_it_finds(moved: Workbench) -> None:
    Operator(moved.greenlight.site).set_weights(50, 50)
    moved.register(asked(RESTORE))
    moved.lock(RESTORE)
    moved.step("Rollback", RESTORE)

    assert outcome(moved, "s2")[0] == "HELD"
    assert json.loads(moved.record(RESTORE)["answer"])["status"] == "SUCCESS"


def test_a_rollback_that_is_not_the_switchs_any_more_may_have_left_a_write_on_its_way(moved: Workbench) -> None:
    moved.lock(replace(RELEASE, id="other"))

    assert rolled_back(moved)["clean"] is False


def test_a_rule_is_looked_at_until_patience_ends_and_once_then() -> None:
    bench, looks = Workbench(new_installation(replace(BRIEF, write_settle_seconds=12.2))), list[float]()

    def bad(_look: RuleLook) -> bool:
        looks.append(bench.cloud.kernel.time)
        return False

    bench.run(lambda world: awaited(world, world.rule(world.services["shop"]), bad))
    *_, last_but_one, last = looks

    assert last_but_one < bench.greenlight.policy.patience_seconds <= last
