from __future__ import annotations

import json
from typing import Any

import pytest
from traffic_switch.bake import Sample
from traffic_switch.contract import Color
from traffic_switch.errors import FrontDoorError, LockLostError
from traffic_switch.handlers import (
    bake,
    done,
    gate,
    lock,
    preflight,
    remove,
    request,
    respond,
    rollback,
    settle,
    shift,
    smoke,
)
from traffic_switch.journal import Before
from traffic_switch.model import Live, Mode, Reply, State, Switch, Weights

from tests.unit.switch_world import BLUE_ARN, GREEN_ARN, FakeRule, FakeWorld, switch, target

BLUE_LIVE = Live(Color.BLUE, "1", Weights(100, 0))


def cloudformation(kind: str = "Update", **properties: Any) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "RequestId": "s1",
        "ResponseURL": "https://secret",
        "StackId": "stack",
        "LogicalResourceId": "Release",
        "PhysicalResourceId": "greenlight-release-shop",
        "ResourceProperties": {"Service": "shop", "Color": "green", "Version": "2", **properties},
    }


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.journal.lives["shop"] = BLUE_LIVE
    return world


def begun(world: FakeWorld, run: Switch) -> dict[str, Any]:
    world.journal.open(run, cloudformation(), world.now())
    lock.take({"switch": run.as_input()}, world)
    return {"switch": run.as_input()}


def test_a_request_starts_a_switch_under_its_own_id(world: FakeWorld) -> None:
    request.receive(cloudformation(), world)

    assert world.started == [Switch("s1", "shop", Mode.RELEASE, Color.GREEN, "2")]
    assert world.answers == []


def test_the_state_machines_input_holds_no_response_url(world: FakeWorld) -> None:
    request.receive(cloudformation(), world)

    assert "secret" not in json.dumps(world.started[0].as_input())


def test_keep_asks_for_what_is_live(world: FakeWorld) -> None:
    request.receive(cloudformation(Color="keep", Version="", BlueVersion="1", GreenVersion="9"), world)

    assert (world.started[0].color, world.started[0].version) == (Color.BLUE, "1")


def test_keep_is_blue_when_nothing_is_live() -> None:
    world = FakeWorld()

    request.receive(cloudformation("Create", Color="keep", Version="", BlueVersion="1"), world)

    assert world.started[0].color is Color.BLUE


def test_a_color_that_is_none_is_refused_with_the_allowed_ones(world: FakeWorld) -> None:
    request.receive(cloudformation(Color="purple"), world)

    assert world.answers[0][1].status == "FAILED"
    assert "'purple'; allowed are blue, green and keep" in world.answers[0][1].reason


def test_a_rollback_update_undoes_the_newest_release(world: FakeWorld) -> None:
    begun(world, switch(id="s0"))
    world.journal.remember_before("s0", Before(Weights(100, 0), BLUE_LIVE))
    world.rolling_back = True

    request.receive(cloudformation(Color="blue", Version="1"), world)

    assert world.stopped == ["s0"]
    assert (world.started[0].mode, world.started[0].undoes) == (Mode.RESTORE, "s0")


def test_a_rollback_of_a_release_that_touched_nothing_is_answered_at_once(world: FakeWorld) -> None:
    begun(world, switch(id="s0"))
    world.rolling_back = True

    request.receive(cloudformation(), world)

    assert world.started == []
    assert world.answers[0][1].status == "SUCCESS"


def test_a_rollback_that_cannot_be_started_never_blocks_the_stack(world: FakeWorld) -> None:
    begun(world, switch(id="s0"))
    world.journal.remember_before("s0", Before(Weights(100, 0), BLUE_LIVE))
    world.rolling_back = True
    world.refuse_start = RuntimeError("Step Functions is down")

    request.receive(cloudformation(), world)

    assert world.answers[0][1].status == "SUCCESS"
    assert "Step Functions is down" in world.answers[0][1].reason


def test_a_release_that_cannot_be_started_is_told_to_cloudformation(world: FakeWorld) -> None:
    world.refuse_start = RuntimeError("Step Functions is down")

    request.receive(cloudformation(), world)

    assert world.answers[0][1].status == "FAILED"


def test_a_second_switch_is_refused_at_once(world: FakeWorld) -> None:
    begun(world, switch(id="s0"))

    ruled = lock.take({"switch": switch().as_input()}, world)

    assert ruled["verdict"] == "FAIL"
    assert world.journal.locks["shop"][0] == "s0"


def test_a_restore_waits_for_the_switch_before_it(world: FakeWorld) -> None:
    begun(world, switch(id="s0"))

    ruled = lock.take({"switch": switch(Mode.RESTORE, undoes="other").as_input()}, world)

    assert ruled["verdict"] == "WAIT"


def test_a_restore_takes_the_lock_over_from_the_switch_it_undoes(world: FakeWorld) -> None:
    begun(world, switch(id="s0"))

    ruled = lock.take({"switch": switch(Mode.RESTORE, undoes="s0").as_input()}, world)

    assert ruled["verdict"] == "PASS"


def test_a_lock_past_its_deadline_can_be_taken(world: FakeWorld) -> None:
    begun(world, switch(id="s0"))
    world.clock += world.policy.switch_deadline_seconds + 1

    assert lock.take({"switch": switch().as_input()}, world)["verdict"] == "PASS"


def test_preflight_remembers_what_was_there_before(world: FakeWorld) -> None:
    event = begun(world, switch())

    assert preflight.inspect(event, world)["verdict"] == "PASS"
    record = world.journal.record("s1")
    assert record is not None
    assert record.before == Before(Weights(100, 0), BLUE_LIVE)


def test_the_gate_carries_its_streak_from_look_to_look(world: FakeWorld) -> None:
    event, verdicts = begun(world, switch()), []
    progress: dict[str, Any] = {}
    for _ in range(3):
        ruled = gate.look({**event, "progress": progress}, world)
        progress = ruled["progress"]
        verdicts.append(ruled["verdict"])

    assert verdicts == ["WAIT", "WAIT", "PASS"]


def test_an_abort_fails_the_gate(world: FakeWorld) -> None:
    from dataclasses import replace

    event = begun(world, switch())
    world.journal.records["s1"] = replace(world.journal.records["s1"], abort="asked by ann")

    assert gate.look(event, world)["verdict"] == "FAIL"


def test_smoke_asks_the_idle_color_through_its_preview(world: FakeWorld) -> None:
    event = begun(world, switch())

    assert smoke.ask(event, world)["verdict"] == "PASS"


def test_shift_moves_everything_in_one_write(world: FakeWorld) -> None:
    event = begun(world, switch())

    shift.move(event, world)

    assert world.production.writes == [Weights(0, 100)]


def test_shift_without_the_lock_writes_nothing(world: FakeWorld) -> None:
    event = begun(world, switch())
    world.journal.locks.clear()

    with pytest.raises(LockLostError):
        shift.move(event, world)
    assert world.production.writes == []


def test_a_front_door_that_does_not_follow_fails_at_its_deadline(world: FakeWorld) -> None:
    event = begun(world, switch())
    world.stuck = "blue"

    with pytest.raises(FrontDoorError, match="still answers from blue 60 s after the rule was written, wanted green"):
        shift.move(event, world)


def test_bake_adds_its_own_requests_up_over_the_looks(world: FakeWorld) -> None:
    event = begun(world, switch())
    shift.move(event, world)

    first = bake.look(event, world)
    second = bake.look({**event, "progress": first["progress"]}, world)

    assert second["progress"]["sent"] == 2 * world.policy.bake_probes


def test_bake_fails_on_what_cloudwatch_counted(world: FakeWorld) -> None:
    event = begun(world, switch())
    shift.move(event, world)
    world.measured = Sample("CloudWatch", 1000, 50, 10.0)

    ruled = bake.look(event, world)

    assert ruled["verdict"] == "FAIL"


def test_done_remembers_what_is_live(world: FakeWorld) -> None:
    event = begun(world, switch())

    done.finish(event, world)

    assert world.journal.live("shop") == Live(Color.GREEN, "2", Weights(0, 100))


def failed_after_shift(world: FakeWorld) -> dict[str, Any]:
    event = begun(world, switch())
    preflight.inspect(event, world)
    shift.move(event, world)
    return {**event, "failure": {"phase": "Bake", "reason": "5 % errors"}}


def test_rollback_restores_what_the_journal_remembers(world: FakeWorld) -> None:
    result = rollback.restore(failed_after_shift(world), world)

    assert result["outcome"] == "ROLLED_BACK"
    assert world.production.now == Weights(100, 0)
    assert "Bake failed: 5 % errors" in result["reason"]


def test_rollback_twice_is_rollback_once(world: FakeWorld) -> None:
    event = failed_after_shift(world)
    rollback.restore(event, world)

    rollback.restore(event, world)

    assert world.production.writes == [Weights(0, 100), Weights(100, 0)]
    assert world.journal.live("shop") == BLUE_LIVE


def test_rollback_keeps_evidence_and_tells_people(world: FakeWorld) -> None:
    rollback.restore(failed_after_shift(world), world)

    assert json.loads(world.journal.evidence["s1"])["green"]["targets"][0]["state"] == "healthy"
    assert "ROLLED_BACK" in world.told[0][0]


def test_cloudformations_rollback_after_an_automatic_one_is_no_news(world: FakeWorld) -> None:
    rollback.restore(failed_after_shift(world), world)
    undoing = switch(Mode.RESTORE, undoes="s1", id="s2")
    world.journal.open(undoing, cloudformation(), world.now())

    result = rollback.restore({"switch": undoing.as_input()}, world)

    assert result["outcome"] == "UNCHANGED"
    assert len(world.told) == 1


def test_cloudformations_rollback_of_a_finished_release_puts_the_traffic_back(world: FakeWorld) -> None:
    event = begun(world, switch())
    preflight.inspect(event, world)
    shift.move(event, world)
    done.finish(event, world)
    undoing = switch(Mode.RESTORE, undoes="s1", id="s2")
    world.journal.open(undoing, cloudformation(), world.now())

    rollback.restore({"switch": undoing.as_input()}, world)

    assert world.production.now == Weights(100, 0)
    assert world.journal.live("shop") == BLUE_LIVE


def test_rollback_to_a_sick_color_holds_and_pages(world: FakeWorld) -> None:
    event = failed_after_shift(world)
    world.health[BLUE_ARN] = (target(State.UNHEALTHY),)

    result = rollback.restore(event, world)

    assert result["outcome"] == "HELD"
    assert world.production.now == Weights(0, 100)
    assert world.told[0][0].startswith("PAGE")


def test_a_failed_first_release_leaves_no_rule() -> None:
    world = FakeWorld(production=FakeRule(None))
    event = {**begun(world, switch()), "failure": {"phase": "Bake", "reason": "bad"}}
    preflight.inspect(event, world)
    shift.move(event, world)

    rollback.restore(event, world)

    assert world.production.now is None


def test_a_caught_lambda_error_is_told_in_its_own_words() -> None:
    cause = json.dumps({"errorType": "ClientError", "errorMessage": "AccessDenied: ModifyRule"})

    assert rollback.explained({"phase": "Shift", "reason": cause}) == "Shift failed: AccessDenied: ModifyRule"


def test_respond_unlocks_answers_once_and_forgets_the_secret(world: FakeWorld) -> None:
    event = {**begun(world, switch()), "result": {"outcome": "DONE", "reason": "live"}}

    respond.respond(event, world)
    respond.respond(event, world)

    assert [answer.status for _, answer, _ in world.answers] == ["SUCCESS"]
    assert world.journal.locks == {}
    assert world.journal.records["s1"].request is None


def test_a_failed_release_answers_failed_with_its_reason(world: FakeWorld) -> None:
    event = {**begun(world, switch()), "result": {"outcome": "ROLLED_BACK", "reason": "Bake failed: bad"}}

    assert respond.respond(event, world) == {"status": "FAILED", "reason": "Bake failed: bad"}


def test_a_restore_always_answers_success(world: FakeWorld) -> None:
    event = {**begun(world, switch(Mode.RESTORE)), "result": {"outcome": "HELD", "reason": "both sick"}}

    assert respond.respond(event, world)["status"] == "SUCCESS"


def test_remove_deletes_the_rule_and_forgets_what_was_live(world: FakeWorld) -> None:
    remove.remove(begun(world, switch(Mode.REMOVE)), world)

    assert world.production.now is None
    assert world.journal.live("shop") is None


def died(run: Switch) -> dict[str, Any]:
    return {"detail": {"status": "TIMED_OUT", "input": json.dumps(run.as_input())}}


def test_a_dead_execution_is_rolled_back_and_answered(world: FakeWorld) -> None:
    failed_after_shift(world)

    settle.settle(died(switch()), world)

    assert world.production.now == Weights(100, 0)
    assert world.answers[0][1].status == "FAILED"
    assert world.journal.locks == {}


def test_an_execution_that_closed_itself_is_left_alone(world: FakeWorld) -> None:
    event = failed_after_shift(world)
    respond.respond({**event, "result": rollback.restore(event, world)}, world)

    assert settle.settle(died(switch()), world) == {"settled": False}
    assert len(world.answers) == 1


def test_a_rollback_that_fails_twice_is_held_paged_and_answered(world: FakeWorld) -> None:
    failed_after_shift(world)
    world.production.refuse = RuntimeError("AccessDenied")

    settle.settle(died(switch()), world)

    assert world.answers[0][1].status == "FAILED"
    assert "AccessDenied" in world.answers[0][1].reason
    assert world.told[-1][0].startswith("PAGE")


def test_an_idle_color_that_is_sick_never_passes_smoke(world: FakeWorld) -> None:
    world.health[GREEN_ARN] = (target(),)
    world.reply = Reply(500, "", "2", 1.0)

    assert smoke.ask(begun(world, switch()), world)["verdict"] == "FAIL"
