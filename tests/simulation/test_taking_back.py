"""Taking traffic back, by RollBack and Pay themselves: what is proved and waited for, and what people read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.contract import Color

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Fault, Kind
from tests.simulation.people import Operator
from tests.simulation.workbench import BLUE_BEFORE, BLUE_LIVE, RELEASE, RESTORE, Workbench, asked

NOTHING_BEFORE: dict[str, Any] = {"weights": {}, "live": {}}
FAILURE = {"phase": "Bake", "reason": "too many failed"}
DEAD = replace(RELEASE, id="dead", color=Color.GREEN)
HEALTHY = "1 of 1 targets of blue are healthy"
NEXT = "Look at both colors, then run `greenlight repair`; the runbook (docs/operations.md, HELD) says what else"


@pytest.fixture
def bench() -> Workbench:
    """The release s1 has moved all traffic from blue to green, and holds the lock."""
    bench = Workbench()
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.greenlight.site.write_rule(0, 100)
    bench.register(asked(RELEASE))
    bench.amend(RELEASE, begun=int(EPOCH), before=BLUE_BEFORE, shifted_at=int(EPOCH))
    bench.lock(RELEASE)
    bench.cloud.kernel.sleep(5.0)
    return bench


@pytest.fixture
def idle(bench: Workbench) -> Workbench:
    """The release has moved nothing yet."""
    item = {name: value for name, value in bench.record(RELEASE).items() if name != "shifted_at"}
    bench.greenlight.tamper("switch#s1", item)
    bench.greenlight.site.write_rule(100, 0)
    return bench


def rolled_back(bench: Workbench, **payload: Any) -> dict[str, Any]:
    """What RollBack answers."""
    given = {"before": BLUE_BEFORE, "failure": FAILURE, "clean": True, **payload}
    told: dict[str, Any] = bench.step("Rollback", RELEASE, **given)
    return told


def outcome(bench: Workbench, id: str = "s1") -> tuple[str, str]:
    item = bench.cloud.switch_item(id) or {}
    return item["outcome"], item["reason"]


def calls(bench: Workbench, name: str) -> list[float]:
    """When a call took effect."""
    return [time for time, _, call, _ in bench.cloud.kernel.trace if call == name]


def test_a_release_whose_only_shift_has_ended_is_taken_back_in_one_write(bench: Workbench) -> None:
    told, started = rolled_back(bench), 5.0

    assert (told["verdict"], told["reason"]) == ("PASS", HEALTHY)
    assert outcome(bench) == ("ROLLED_BACK", f"Bake failed: too many failed. Traffic is back as it was: {HEALTHY}")
    assert len(calls(bench, "elbv2.ModifyRule")) == 1
    assert bench.cloud.kernel.time - started < 5
    assert bench.greenlight.site.rule_weights() == {"blue": 100, "green": 0}


def test_what_was_live_before_is_live_again(bench: Workbench) -> None:
    bench.greenlight.tamper("live#shop", {**BLUE_LIVE, "color": "green", "version": "v2"})
    rolled_back(bench)
    live = bench.cloud.live("shop") or {}

    assert (live["color"], live["version"], bench.record(RELEASE)["undone"]) == ("blue", "v1", "s1")


@pytest.mark.parametrize("payload", [{"clean": False}, {"redrives": 1}, {"epoch": 6}])
def test_where_another_write_may_be_on_its_way_one_helps_early_and_one_is_final(
    bench: Workbench, payload: dict[str, Any]
) -> None:
    rolled_back(bench, **payload)
    early, final = calls(bench, "elbv2.ModifyRule")

    assert early < 10
    assert final - early > bench.greenlight.policy.write_settle_seconds - 2
    assert outcome(bench)[0] == "ROLLED_BACK"


def test_an_early_write_that_fails_does_no_harm(bench: Workbench) -> None:
    bench.cloud.faults.addressed["Rollback", "elbv2.ModifyRule", 1] = Fault(Kind.DENIED)
    rolled_back(bench, clean=False)

    assert outcome(bench)[0] == "ROLLED_BACK"


def test_nothing_is_written_early_onto_a_rule_that_somebody_changed(bench: Workbench) -> None:
    Operator(bench.greenlight.site).set_weights(50, 50)
    rolled_back(bench, clean=False)

    assert len(calls(bench, "elbv2.ModifyRule")) == 0
    assert outcome(bench)[0] == "HELD"


def test_a_rule_that_somebody_changed_stays_and_is_a_page(bench: Workbench) -> None:
    Operator(bench.greenlight.site).set_weights(50, 50)
    told = rolled_back(bench)
    reason = "somebody changed the production rule meanwhile: the production rule has blue 50, green 50"

    assert (told["verdict"], told["reason"]) == ("FAIL", reason)
    assert outcome(bench) == (
        "HELD",
        f"Bake failed: too many failed. TRAFFIC WAS HELD WHERE IT IS: {reason}. {NEXT}",
    )
    assert [page.message for page in bench.cloud.pages] == [outcome(bench)[1]]
    assert bench.greenlight.site.rule_weights() == {"blue": 50, "green": 50}


def test_an_old_color_that_recovers_while_writes_settle_gets_its_traffic_back(bench: Workbench) -> None:
    bench.greenlight.site.change("blue", up=False)
    bench.cloud.kernel.at(10.0, lambda: bench.greenlight.site.change("blue", up=True))
    rolled_back(bench, clean=False)

    assert outcome(bench)[0] == "ROLLED_BACK"
    assert len(calls(bench, "elbv2.ModifyRule")) == 1


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
def test_a_record_that_does_not_say_what_was_before_holds_the_traffic(bench: Workbench, damage: dict[str, Any]) -> None:
    item = {name: value for name, value in {**bench.record(RELEASE), **damage}.items() if value is not None}
    bench.greenlight.tamper("switch#s1", item)
    told = rolled_back(bench)

    assert (told["verdict"], told["reason"]) == ("FAIL", "the journal's item of the switch is damaged or gone")
    assert outcome(bench)[0] == "HELD"
    assert calls(bench, "elbv2.ModifyRule") == []


def test_a_lock_that_is_anothers_writes_nothing_and_says_so(bench: Workbench) -> None:
    bench.lock(replace(RELEASE, id="other"))
    told = rolled_back(bench)

    assert (told["verdict"], told["reason"]) == ("LOST", "the lock of shop is held by other, not by s1")
    assert (told["hold"], told["before"]) == ({"epoch": 7, "debt": ""}, BLUE_BEFORE)
    assert calls(bench, "elbv2.ModifyRule") == []


def test_a_lock_that_is_lost_while_traffic_is_taken_back_closes_nothing(bench: Workbench) -> None:
    bench.cloud.after_event.append(
        lambda call, _: bench.lock(RELEASE, epoch=99) if call == "elbv2.ModifyRule" else None
    )
    told = rolled_back(bench)

    assert (told["verdict"], told["reason"]) == (
        "LOST",
        "the lock of shop was taken from s1 while it took traffic back",
    )
    assert "outcome" not in bench.record(RELEASE)


def test_where_there_was_no_rule_it_is_deleted_again(bench: Workbench) -> None:
    bench.amend(RELEASE, before=NOTHING_BEFORE)
    told = rolled_back(bench)

    assert told["reason"] == "there was no production rule before the switch"
    assert bench.greenlight.site.rule() is None
    assert outcome(bench)[0] == "ROLLED_BACK"
    assert bench.cloud.live("shop") is None


def test_where_there_was_no_rule_nothing_is_written_early(bench: Workbench) -> None:
    bench.amend(RELEASE, before=NOTHING_BEFORE)
    rolled_back(bench, clean=False)

    assert calls(bench, "elbv2.ModifyRule") == []
    assert bench.greenlight.site.rule() is None


def test_where_there_was_no_rule_a_changed_one_stays(bench: Workbench) -> None:
    bench.amend(RELEASE, before=NOTHING_BEFORE)
    Operator(bench.greenlight.site).set_weights(50, 50)
    rolled_back(bench)

    assert bench.greenlight.site.rule_weights() == {"blue": 50, "green": 50}
    assert outcome(bench)[0] == "HELD"


def test_both_weights_zero_before_are_put_back_without_a_proof(bench: Workbench) -> None:
    bench.amend(RELEASE, before={"weights": {"blue": 0, "green": 0}, "live": {}})
    rolled_back(bench)

    assert bench.greenlight.site.rule_weights() == {"blue": 0, "green": 0}


def test_a_version_that_the_journal_remembers_of_another_color_is_not_demanded(bench: Workbench) -> None:
    live = {**BLUE_LIVE, "color": "green", "version": "v9"}
    bench.amend(RELEASE, before={"weights": {"blue": 100, "green": 0}, "live": live})
    rolled_back(bench)

    assert outcome(bench)[0] == "ROLLED_BACK"


def owing(bench: Workbench, **changes: Any) -> None:
    """A dead switch left the traffic on green, and s1 owes for it."""
    bench.register(asked(DEAD))
    bench.amend(DEAD, **{"begun": int(EPOCH), "before": BLUE_BEFORE, "shifted_at": int(EPOCH), **changes})
    bench.greenlight.site.write_rule(0, 100)
    bench.lock(RELEASE, debt="dead")


def paid(bench: Workbench) -> dict[str, Any]:
    told: dict[str, Any] = bench.step("Pay", RELEASE, hold={"epoch": 7, "debt": "dead"})
    return told


def test_a_debt_is_paid_before_anything_else_is_done(idle: Workbench) -> None:
    owing(idle)
    told = paid(idle)

    assert (told["verdict"], told["reason"]) == ("PASS", "the traffic that dead had left behind is back")
    assert idle.greenlight.site.rule_weights() == {"blue": 100, "green": 0}
    assert (idle.record(DEAD)["undone"], idle.record(RELEASE)["paid"]) == ("s1", "dead")
    assert "debt" not in (idle.cloud.lock("shop") or {})
    assert idle.record(RELEASE)["trace:pay:0001"]["verdict"] == "PASS"


def test_a_debt_whose_writes_may_be_on_their_way_is_waited_for(idle: Workbench) -> None:
    owing(idle)
    started = idle.cloud.kernel.time
    paid(idle)

    assert len(calls(idle, "elbv2.ModifyRule")) == 2
    assert idle.cloud.kernel.time - started > idle.greenlight.policy.write_settle_seconds


def test_a_debt_that_is_over_already_is_taken_off_the_lock(idle: Workbench) -> None:
    owing(idle, undone="other")
    told = paid(idle)

    assert told["verdict"] == "PASS"
    assert "paid" not in idle.record(RELEASE)
    assert "debt" not in (idle.cloud.lock("shop") or {})


GONE = "the journal's item of the switch dead, which left traffic behind, is damaged or gone"


def test_a_debt_whose_record_is_gone_is_told(idle: Workbench) -> None:
    idle.lock(RELEASE, debt="dead")
    told = paid(idle)

    assert (told["verdict"], told["reason"]) == ("FAIL", GONE)


def test_a_debt_whose_record_is_damaged_is_told(idle: Workbench) -> None:
    owing(idle, before="what was before")

    assert paid(idle)["reason"] == GONE


def test_a_debt_whose_old_color_is_sick_is_told(idle: Workbench) -> None:
    owing(idle)
    idle.greenlight.site.change("blue", up=False)
    told = paid(idle)

    assert told["verdict"] == "FAIL"
    assert told["reason"].startswith("what the switch dead left behind could not be taken back: blue does not answer")


def test_a_switch_that_took_back_a_debt_alone_has_moved_traffic(idle: Workbench) -> None:
    owing(idle)
    rolled_back(idle, failure={"phase": "Pay", "reason": "no luck"})

    assert outcome(idle) == ("ROLLED_BACK", f"Pay failed: no luck. Traffic is back as it was: {HEALTHY}")
    assert idle.record(DEAD)["undone"] == "s1"
    assert "undone" not in idle.record(RELEASE)


def test_a_debt_that_was_paid_before_is_still_named(idle: Workbench) -> None:
    owing(idle)
    paid(idle)
    told = rolled_back(idle, failure={"phase": "Gate", "reason": "sick"})

    assert told["reason"] == "the traffic that the switch dead had left behind was taken back first"
    assert outcome(idle)[0] == "ROLLED_BACK"


def test_a_debt_that_cannot_be_paid_holds_the_traffic_of_both(bench: Workbench) -> None:
    bench.lock(RELEASE, debt="dead")
    told = rolled_back(bench)

    assert (told["verdict"], told["reason"]) == ("FAIL", GONE)
    assert outcome(bench) == ("HELD", f"Bake failed: too many failed. TRAFFIC WAS HELD WHERE IT IS: {GONE}. {NEXT}")
    assert calls(bench, "elbv2.ModifyRule") == []


def test_a_switch_that_shifted_and_owes_pays_first_and_then_goes_back(bench: Workbench) -> None:
    owing(bench)
    rolled_back(bench)

    assert (bench.record(DEAD)["undone"], bench.record(RELEASE)["undone"]) == ("s1", "s1")
    assert outcome(bench) == ("ROLLED_BACK", f"Bake failed: too many failed. Traffic is back as it was: {HEALTHY}")


def test_a_restore_of_the_switch_that_it_owes_for_takes_it_back_once(bench: Workbench) -> None:
    bench.register(asked(RESTORE))
    bench.lock(RESTORE, debt="s1")
    bench.step("Rollback", RESTORE, hold={"epoch": 7, "debt": "s1"})

    assert outcome(bench, "s2") == ("ROLLED_BACK", f"Traffic is back as it was: {HEALTHY}")
    assert bench.record(RELEASE)["undone"] == "s2"
    assert "paid" not in bench.record(RESTORE)


def test_a_restore_of_a_switch_that_is_gone_holds_the_traffic(bench: Workbench) -> None:
    restore = replace(RESTORE, undoes="gone")
    bench.register(asked(restore))
    bench.lock(restore)
    told = bench.step("Rollback", restore)

    assert (told["verdict"], told["reason"]) == ("FAIL", "the journal's item of the switch is damaged or gone")


def test_a_restore_that_finds_nothing_to_do_is_no_news(idle: Workbench) -> None:
    idle.register(asked(RESTORE))
    idle.lock(RESTORE)
    idle.step("Rollback", RESTORE)

    assert outcome(idle, "s2") == ("UNCHANGED", "Traffic was not touched: no traffic had moved")
    assert idle.cloud.topics.published == []


def test_news_that_gets_lost_keep_no_switch_from_its_end(bench: Workbench) -> None:
    bench.cloud.topics.topics.clear()
    rolled_back(bench)

    assert outcome(bench)[0] == "ROLLED_BACK"


def test_a_page_must_get_through_before_a_switch_is_closed(bench: Workbench) -> None:
    bench.cloud.topics.topics.clear()
    Operator(bench.greenlight.site).set_weights(50, 50)
    failed = bench.invoke("Rollback", RELEASE, before=BLUE_BEFORE, failure=FAILURE, clean=True)

    assert failed.error == "AwsCallError"
    assert "outcome" not in bench.record(RELEASE)


def test_the_answer_names_what_is_live(bench: Workbench) -> None:
    rolled_back(bench)
    answer = json.loads(bench.record(RELEASE)["answer"])

    assert (answer["status"], answer["data"]) == ("FAILED", {"ActiveColor": "blue", "Outcome": "ROLLED_BACK"})


def test_a_damaged_note_of_what_is_live_keeps_no_switch_from_its_end(idle: Workbench) -> None:
    idle.greenlight.tamper("live#shop", {"color": "teal"})
    rolled_back(idle)

    assert json.loads(idle.record(RELEASE)["answer"])["data"]["ActiveColor"] == "none"
