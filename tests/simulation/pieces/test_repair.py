"""Repair by itself: what is proved before, what is written, and what people read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Fault, Kind
from tests.simulation.installation import BRIEF
from tests.simulation.people import Operator
from tests.simulation.pieces.workbench import BLUE_LIVE, REPAIR, Workbench, asked, new_installation

HAS = "the production rule has blue 100, green 0 again; before: "
NOT_AS_SET = "the production rule is not as the settings say: "
BACK = ". `greenlight repair` puts it back"


@pytest.fixture
def bench() -> Workbench:
    """Blue is live, and the repair s4 holds the lock."""
    return ready(Workbench())


def ready(bench: Workbench) -> Workbench:
    """Let blue be live, and the repair hold the lock."""
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.greenlight.site.write_rule(100, 0)
    bench.register(asked(REPAIR, request=None))
    bench.lock(REPAIR)
    return bench


def repaired(bench: Workbench) -> Any:
    return bench.step("Repair", REPAIR)


def rule(bench: Workbench) -> dict[str, Any]:
    """The rule's weights, paths and priority."""
    found = bench.greenlight.site.rule() or {}
    (condition,) = found["Conditions"]
    paths = tuple(condition["PathPatternConfig"]["Values"])
    return {"weights": bench.greenlight.site.rule_weights(), "paths": paths, "priority": found["Priority"]}


AS_SET = {"weights": {"blue": 100, "green": 0}, "paths": ("/shop/*",), "priority": "100"}


def test_a_rule_that_is_as_it_should_be_is_written_all_the_same(bench: Workbench) -> None:
    told = repaired(bench)
    item = bench.record(REPAIR)

    assert (told["verdict"], told["reason"]) == ("PASS", f"{HAS}the rule was as it should be")
    assert (item["outcome"], item["reason"]) == ("REPAIRED", told["reason"])
    assert item["trace:repair:0001"]["verdict"] == "PASS"
    assert json.loads(item["answer"])["data"] == {"ActiveColor": "blue", "Outcome": "REPAIRED"}
    assert rule(bench) == AS_SET


def test_weights_paths_and_priority_become_as_they_were(bench: Workbench) -> None:
    operator = Operator(bench.greenlight.site)
    operator.set_paths("/elsewhere")
    operator.set_weights(20, 80)
    told = repaired(bench)

    assert rule(bench) == AS_SET
    assert told["reason"].startswith(f"{HAS}the production rule has blue 20, green 80, but the journal remembers")


def test_people_read_how_the_rule_was_misplaced(bench: Workbench) -> None:
    Operator(bench.greenlight.site).set_paths("/elsewhere")

    assert repaired(bench)["reason"] == (
        f"{HAS}{NOT_AS_SET}its conditions are path-pattern /elsewhere, the settings say path-pattern /shop/*{BACK}"
    )


def test_a_rule_that_is_gone_is_made_again(bench: Workbench) -> None:
    Operator(bench.greenlight.site).delete_rule()
    told = repaired(bench)

    assert rule(bench) == AS_SET
    assert told["reason"].startswith(f"{HAS}there is no production rule, but the journal remembers")


def test_a_repair_takes_traffic_to_what_is_live_whoever_finishes_it(bench: Workbench) -> None:
    bench.greenlight.site.write_rule(20, 80)
    repaired(bench)
    item = bench.record(REPAIR)

    assert item["before"]["weights"] == {"blue": 100, "green": 0}
    assert item["before"]["live"]["version"] == "v1"
    assert float(item["shifted_at"]) == float(item["phase:shift"]) > EPOCH + 20


def test_a_repair_waits_until_no_older_write_can_be_on_its_way(bench: Workbench) -> None:
    repaired(bench)
    (written,) = {time for time, _, call, _ in bench.cloud.kernel.trace if call == "elbv2.ModifyRule"}

    assert written > bench.greenlight.policy.write_settle_seconds


def test_nothing_live_cannot_be_repaired(bench: Workbench) -> None:
    bench.greenlight.tamper("live#shop", None)
    told, reason = repaired(bench), "the journal remembers nothing live: release a version first"

    assert (told["verdict"], told["reason"]) == ("FAIL", reason)
    assert bench.record(REPAIR)["trace:repair:0001"]["reason"] == reason
    assert "shifted_at" not in bench.record(REPAIR)


def test_a_live_color_that_does_not_answer_gets_no_traffic(bench: Workbench) -> None:
    bench.greenlight.site.write_rule(0, 100)
    bench.greenlight.site.change("blue", up=False)
    told = repaired(bench)

    assert told["verdict"] == "FAIL"
    assert bench.greenlight.site.rule_weights() == {"blue": 0, "green": 100}
    assert "outcome" not in bench.record(REPAIR)


def test_a_live_color_that_runs_another_version_gets_no_traffic(bench: Workbench) -> None:
    bench.greenlight.site.change("blue", version="v7")

    assert repaired(bench)["reason"] == "blue runs version v7, but the journal remembers v1 on it"


@pytest.mark.parametrize(("green_is_up", "verdict"), [(False, "PASS"), (True, "FAIL")])
def test_a_live_color_with_too_few_targets_gets_traffic_if_the_other_is_worse(green_is_up: bool, verdict: str) -> None:
    bench = ready(Workbench(new_installation(replace(BRIEF, gate_min_healthy=2))))
    bench.greenlight.site.change("green", up=green_is_up)
    bench.cloud.kernel.sleep(15.0)

    assert repaired(bench)["verdict"] == verdict


def test_a_rule_that_does_not_become_as_it_should_is_told(bench: Workbench) -> None:
    def edits(call: str, _parameters: object) -> None:
        if call == "elbv2.SetRulePriorities":
            bench.greenlight.site.write_rule(20, 80)

    bench.cloud.after_event.append(edits)
    told = repaired(bench)

    assert (told["verdict"], told["reason"]) == (
        "FAIL",
        "the production rule does not read as it was repaired: the production rule has blue 20, green 80",
    )
    assert "outcome" not in bench.record(REPAIR)


def test_a_rule_that_is_moved_again_is_not_called_repaired(bench: Workbench) -> None:
    def moves(call: str, _parameters: object) -> None:
        if call == "elbv2.SetRulePriorities":
            bench.cloud.kernel.at(0.01, lambda: Operator(bench.greenlight.site).set_paths("/elsewhere"))

    bench.cloud.after_event.append(moves)

    assert repaired(bench)["verdict"] == "FAIL"


def test_a_repair_that_loses_the_lock_while_it_waits_writes_nothing(bench: Workbench) -> None:
    bench.greenlight.site.write_rule(20, 80)
    bench.cloud.kernel.at(19.0, lambda: bench.lock(REPAIR, epoch=8))
    told = repaired(bench)

    assert (told["verdict"], told["reason"]) == (
        "LOST",
        "the lock of shop is not held by s4 in epoch 7 any more",
    )
    assert bench.greenlight.site.rule_weights() == {"blue": 20, "green": 80}


def test_a_repair_that_loses_the_lock_as_it_writes_is_not_called_repaired(bench: Workbench) -> None:
    bench.cloud.after_event.append(
        lambda call, _: bench.lock(REPAIR, epoch=8) if call == "elbv2.SetRulePriorities" else None
    )

    assert repaired(bench)["reason"] == "the lock of shop was taken from s4 while it repaired the rule"


def test_a_rule_that_is_deleted_between_look_and_write_is_made_again(bench: Workbench) -> None:
    deletes = iter([True])

    def before(_actor: str, call: str, _number: int) -> None:
        if call == "elbv2.ModifyRule" and next(deletes, False):
            Operator(bench.greenlight.site).delete_rule()

    bench.cloud.before_call = before

    assert repaired(bench)["verdict"] == "PASS"
    assert rule(bench) == AS_SET


def test_a_write_that_aws_does_not_take_is_an_error(bench: Workbench) -> None:
    bench.cloud.faults.addressed["Repair", "elbv2.ModifyRule", 1] = Fault(Kind.DENIED)

    assert bench.invoke("Repair", REPAIR).error == "AwsCallError"


def test_people_read_what_the_repair_wrote_over_and_not_what_an_old_look_showed(bench: Workbench) -> None:
    operator = Operator(bench.greenlight.site)
    bench.cloud.kernel.at(10.0, lambda: bench.cloud.kernel.spawn("operator", lambda: operator.set_weights(20, 80)))

    assert repaired(bench)["reason"].startswith(f"{HAS}the production rule has blue 20, green 80, but the journal")
