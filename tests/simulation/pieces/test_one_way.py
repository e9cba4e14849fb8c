"""A one-way door at its end: RollBack writes nothing, says so, and leaves the version live."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.contract import Color
from traffic_switch.model import Switch

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Outage
from tests.simulation.people import Operator
from tests.simulation.pieces.rollback import FAILURE, calls, outcome
from tests.simulation.pieces.workbench import BLUE_BEFORE, BLUE_LIVE, GREEN_LIVE, RELEASE, Workbench, asked

DOOR = replace(RELEASE, one_way=True)
SHIFTED_AT = int(EPOCH)


def bench_of(switch: Switch) -> Workbench:
    """All traffic is on green, by a release that holds the lock."""
    bench = Workbench()
    bench.greenlight.site.write_rule(0, 100)
    bench.cloud.kernel.sleep(5.0)
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.register(asked(switch, resource="arn:stack/ShopRelease", digest="sha256:d"))
    bench.lock(switch)
    bench.amend(switch, begun=SHIFTED_AT, before=BLUE_BEFORE, shifted_at=SHIFTED_AT)
    return bench


@pytest.fixture
def through() -> Workbench:
    return bench_of(DOOR)


def rolled_back(bench: Workbench, **payload: Any) -> dict[str, Any]:
    given = {"before": BLUE_BEFORE, "failure": FAILURE, "clean": True, **payload}
    told: dict[str, Any] = bench.step("Rollback", DOOR, **given)
    return told


@pytest.mark.parametrize("clean", [True, False])
def test_nothing_is_written_and_somebody_is_paged(through: Workbench, clean: bool) -> None:
    rolled_back(through, clean=clean)

    assert (outcome(through)[0], len(calls(through, "elbv2.ModifyRule"))) == ("HELD", 0)
    assert [page.subject for page in through.cloud.pages] == ["PAGE: Greenlight shop: release HELD"]


def test_the_page_says_what_happened_and_every_way_that_there_is(through: Workbench) -> None:
    rolled_back(through)

    assert outcome(through)[1] == through.cloud.pages[0].message
    assert outcome(through)[1] == (
        "Bake failed: too many failed. TRAFFIC WAS HELD WHERE IT IS: v2 is a one-way door: what it has written, v1"
        " cannot read, so nothing was taken back: green with v2 has the traffic. To go on, release a version that mends"
        " it, or keep this one with `greenlight release v2 --service shop`. To go back all the same, run `greenlight"
        " rollback --service shop --undo-one-way`. The runbook (docs/operations.md, One-way doors) says what each costs"
    )


def test_what_is_held_is_live_with_the_door_behind_it(through: Workbench) -> None:
    rolled_back(through)
    live = through.cloud.live("shop") or {}

    assert {**GREEN_LIVE, "resource": "arn:stack/ShopRelease", "digest": "sha256:d"}.items() <= live.items()
    assert (live["door"], live["door_at"]) == ("v2", SHIFTED_AT)
    answer = json.loads(through.record(DOOR)["answer"])
    assert (answer["status"], answer["data"]["ActiveColor"]) == ("FAILED", "green")
    assert through.cloud.lock("shop") is None


def test_a_rule_that_never_moved_holds_nobody(through: Workbench) -> None:
    through.greenlight.site.write_rule(100, 0)
    rolled_back(through, clean=False)

    assert outcome(through) == (
        "ROLLED_BACK",
        "Bake failed: too many failed. Traffic is back as it was: the production rule has blue 100, green 0, as before:"
        " nobody was sent to v2",
    )
    assert len(calls(through, "elbv2.ModifyRule")) == 0
    assert (through.cloud.live("shop") or {})["color"] == "blue"


def test_before_it_is_said_that_nobody_moved_a_late_write_may_land(through: Workbench) -> None:
    """What was sent before the function died shows within W."""
    through.greenlight.site.write_rule(100, 0)
    through.cloud.kernel.at(through.greenlight.policy.write_settle_seconds - 2, lambda: None)
    started = through.cloud.kernel.time
    rolled_back(through, clean=False)

    assert through.cloud.kernel.time - started >= through.greenlight.policy.write_settle_seconds


def test_users_whom_a_person_put_back_stay_there(through: Workbench) -> None:
    through.judged(DOOR, shift="PASS")
    Operator(through.greenlight.site).set_weights(100, 0)
    rolled_back(through)

    assert "somebody put it back by hand, though v2 is a one-way door" in outcome(through)[1]


def test_a_rule_that_somebody_changed_otherwise_is_to_be_repaired_forward(through: Workbench) -> None:
    Operator(through.greenlight.site).set_weights(50, 50)
    rolled_back(through)

    assert outcome(through)[0] == "HELD"
    assert "First run `greenlight repair`" in outcome(through)[1]
    assert (through.cloud.live("shop") or {})["color"] == "green"


def test_the_same_release_without_the_declaration_is_taken_back() -> None:
    bench = bench_of(RELEASE)
    bench.step("Rollback", RELEASE, before=BLUE_BEFORE, failure=FAILURE, clean=True)

    assert outcome(bench)[0] == "ROLLED_BACK"


def test_without_the_journal_nothing_is_written_and_the_page_says_why(through: Workbench) -> None:
    through.cloud.faults.outages.append(Outage("dynamodb", 0.0, 10_000.0))
    for attempt in (0, 1):
        through.invoke("Rollback", DOOR, before=BLUE_BEFORE, failure=FAILURE, clean=True, attempt=attempt)

    assert len(calls(through, "elbv2.ModifyRule")) == 0
    assert all(
        "The traffic was not touched, since v2 is a one-way door" in page.message for page in through.cloud.pages
    )


@pytest.mark.parametrize("said", [RELEASE, replace(RELEASE, undo_one_way="v2")], ids=["left out", "another word"])
def test_an_input_that_does_not_say_of_the_door_what_was_asked_for_is_refused(through: Workbench, said: Switch) -> None:
    failed = through.invoke("Rollback", said, before=BLUE_BEFORE, failure=FAILURE, clean=True)

    assert failed.error == "ForgedError"
    assert "is not as it was asked for: " in failed.cause
    assert "one_way" in failed.cause


def test_a_debt_that_is_a_door_stays_and_is_live_from_then_on(through: Workbench) -> None:
    """A later release took the lock from one that had died: it ends as HELD, and what it found is live."""
    later = Switch("s9", "shop", RELEASE.mode, Color.BLUE, "v3")
    through.register(asked(later))
    through.lock(later, debt=DOOR.id)
    through.amend(later, begun=SHIFTED_AT)
    said = through.step("Pay", later, hold={"epoch": 7, "debt": DOOR.id})
    through.step("Rollback", later, failure={"phase": "Pay", "reason": said["reason"]}, clean=False)

    assert said["verdict"] == "FAIL"
    assert "v2 is a one-way door" in said["reason"]
    assert outcome(through, "s9")[0] == "HELD"
    assert (through.cloud.live("shop") or {})["door"] == "v2"
    assert len(calls(through, "elbv2.ModifyRule")) == 0
