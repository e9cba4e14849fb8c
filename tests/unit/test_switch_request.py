from __future__ import annotations

import json

import pytest
from traffic_switch.contract import Color
from traffic_switch.handlers import (
    request,
)
from traffic_switch.journal import Before
from traffic_switch.model import Mode, Switch, Weights

from tests.unit.switch_story import BLUE_LIVE, begun, cloudformation
from tests.unit.switch_world import FakeWorld, switch


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.journal.lives["shop"] = BLUE_LIVE
    return world


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
