from __future__ import annotations

import json
from typing import Any

import pytest
from traffic_switch.handlers import (
    respond,
    rollback,
    settle,
)
from traffic_switch.model import Mode, Switch, Weights

from tests.unit.switch_story import BLUE_LIVE, begun, failed_after_shift
from tests.unit.switch_world import FakeWorld, switch


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.journal.lives["shop"] = BLUE_LIVE
    return world


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
