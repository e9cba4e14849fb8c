"""What a dead switch left behind: taken back by Pay, or by the rollback of the switch that owes for it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from traffic_switch.contract import Color

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.pieces.rollback import HEALTHY, NEXT, calls, outcome, rolled_back
from tests.simulation.pieces.workbench import BLUE_BEFORE, RELEASE, RESTORE, Workbench, asked

DEAD = replace(RELEASE, id="dead", color=Color.GREEN)


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


def test_a_debt_that_cannot_be_paid_holds_the_traffic_of_both(moved: Workbench) -> None:
    moved.lock(RELEASE, debt="dead")
    told = rolled_back(moved)

    assert (told["verdict"], told["reason"]) == ("FAIL", GONE)
    assert outcome(moved) == ("HELD", f"Bake failed: too many failed. TRAFFIC WAS HELD WHERE IT IS: {GONE}. {NEXT}")
    assert calls(moved, "elbv2.ModifyRule") == []


def test_a_switch_that_shifted_and_owes_pays_first_and_then_goes_back(moved: Workbench) -> None:
    owing(moved)
    rolled_back(moved)

    assert (moved.record(DEAD)["undone"], moved.record(RELEASE)["undone"]) == ("s1", "s1")
    assert outcome(moved) == ("ROLLED_BACK", f"Bake failed: too many failed. Traffic is back as it was: {HEALTHY}")


def test_a_restore_that_only_paid_a_debt_has_moved_traffic(moved: Workbench) -> None:
    owing(moved)
    moved.amend(RELEASE, undone="other")
    moved.register(asked(RESTORE))
    moved.lock(RESTORE, debt="dead")
    told = moved.step("Rollback", RESTORE)

    assert told["reason"] == "the traffic that the switch dead had left behind was taken back first"
    assert outcome(moved, "s2")[0] == "ROLLED_BACK"


def test_a_restore_whose_debt_cannot_be_paid_succeeds_all_the_same(moved: Workbench) -> None:
    moved.register(asked(RESTORE))
    moved.lock(RESTORE, debt="dead")
    moved.step("Rollback", RESTORE)
    answer = json.loads(moved.record(RESTORE)["answer"])

    assert (answer["status"], answer["data"]["Outcome"]) == ("SUCCESS", "HELD")


def test_a_debt_that_is_paid_with_nothing_else_to_take_back_leaves_no_item_of_its_own(idle: Workbench) -> None:
    owing(idle)
    paid(idle)
    idle.step("Rollback", RELEASE)

    assert outcome(idle)[0] == "ROLLED_BACK"
    assert sorted(item["pk"] for item in idle.greenlight.switches()) == ["switch#dead", "switch#s1"]
