from __future__ import annotations

import json

import pytest
from traffic_switch.handlers import (
    done,
    preflight,
    rollback,
    shift,
)
from traffic_switch.model import Mode, State, Weights

from tests.unit.switch_story import BLUE_LIVE, begun, cloudformation, failed_after_shift
from tests.unit.switch_world import BLUE_ARN, FakeRule, FakeWorld, switch, target


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.journal.lives["shop"] = BLUE_LIVE
    return world


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
