from __future__ import annotations

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
    shift,
    smoke,
)
from traffic_switch.journal import Before
from traffic_switch.model import Live, Mode, Reply, Weights

from tests.unit.switch_story import BLUE_LIVE, begun
from tests.unit.switch_world import GREEN_ARN, FakeWorld, switch, target


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.journal.lives["shop"] = BLUE_LIVE
    return world


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


def test_shift_begins_before_it_writes_and_not_when_the_front_door_has_agreed(world: FakeWorld) -> None:
    event = begun(world, switch())
    world.stuck = "blue"
    started = world.now()

    with pytest.raises(FrontDoorError):
        shift.move(event, world)
    assert world.journal.begun["s1", "shift"] == started


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


def test_an_idle_color_that_is_sick_never_passes_smoke(world: FakeWorld) -> None:
    world.health[GREEN_ARN] = (target(),)
    world.reply = Reply(500, "", "2", 1.0)

    assert smoke.ask(begun(world, switch()), world)["verdict"] == "FAIL"


def test_remove_deletes_the_rule_and_forgets_what_was_live(world: FakeWorld) -> None:
    remove.remove(begun(world, switch(Mode.REMOVE)), world)

    assert world.production.now is None
    assert world.journal.live("shop") is None
