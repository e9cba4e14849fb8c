"""What a second run of the same request does, and how a color fares that has users or is being judged."""

from __future__ import annotations

import pytest
from traffic_switch.errors import AwsCallError
from traffic_switch.journal import Lock

from tests.unit.host_color_world import NEW, OLD, FakeHostWorld, event

SWITCH = Lock("switch-7", 1, reason="release green 1.0.0", since=990.0, deadline=4_000.0)
PLACE = f"{NEW}:3001"
CHANGE = event("Update", old=NEW)


def running(**more: object) -> FakeHostWorld:
    """Green runs 1.0.0 and is registered."""
    world = FakeHostWorld(registered={NEW: 3001}, containers={NEW: "shop:1.0.0"})
    for name, value in more.items():
        setattr(world, name, value)
    return world


@pytest.mark.parametrize("weight", [0, 1, 100])
def test_a_second_run_after_a_lost_answer_touches_nothing(weight: int) -> None:
    world = running()
    world.serve(CHANGE)
    world.calls.clear()
    world.weight = weight

    assert world.serve(CHANGE) == ("SUCCESS", f"shop-green runs shop:2.0.0 at {PLACE}")
    assert world.calls == []


def test_a_second_run_while_a_switch_judges_the_color_touches_nothing() -> None:
    world = running()
    world.serve(CHANGE)
    world.calls.clear()
    world.switch = SWITCH

    assert world.serve(CHANGE)[0] == "SUCCESS"
    assert world.calls == []


@pytest.mark.parametrize("killed_at", range(3))
def test_a_second_run_after_a_first_that_was_killed_ends_where_one_run_does(killed_at: int) -> None:
    world = running(killed_at=killed_at, drain_seconds=300.0)
    world.serve_killed(CHANGE)

    assert world.serve(CHANGE)[0] == "SUCCESS"
    assert (world.registered, world.containers) == ({NEW: 3001}, {NEW: "shop:2.0.0"})
    assert world.calls.index(f"deregister {PLACE}") < world.calls.index(f"run shop-green shop:2.0.0 on {NEW}")


def test_an_answer_that_did_not_arrive_is_left_to_the_next_run() -> None:
    class Unheard(FakeHostWorld):
        def answer(self, *_: object) -> None:
            raise AwsCallError("CloudFormation did not take the answer within 45 s: TimeoutError")

    with pytest.raises(AwsCallError):
        Unheard(registered={NEW: 3001}).serve(CHANGE)


def test_a_second_run_of_a_move_leaves_the_color_where_it_went() -> None:
    world = FakeHostWorld(registered={OLD: 3001}, containers={OLD: "shop:1.0.0"})
    world.serve(event("Update", old=OLD))
    world.calls.clear()
    world.weight = 100

    assert world.serve(event("Update", old=OLD))[0] == "SUCCESS"
    assert [call for call in world.calls if NEW in call] == []


@pytest.mark.parametrize("weight", [1, 100])
def test_a_color_that_has_users_is_never_deregistered(weight: int) -> None:
    world = running(weight=weight)

    assert world.serve(CHANGE)[0] == "SUCCESS"
    assert world.calls == [f"run shop-green shop:2.0.0 on {NEW}", f"register {PLACE}"]


def test_a_color_is_not_changed_after_a_switch_has_begun() -> None:
    world = running(switch=SWITCH)

    status, reason = world.serve(CHANGE)

    assert status == "FAILED"
    assert reason.startswith("shop-green was not touched. shop: the switch switch-7 (release green 1.0.0) is running")
    assert world.calls == []


@pytest.mark.parametrize("what", ["lock", "weights"])
def test_a_color_whose_users_are_not_known_is_not_changed(what: str) -> None:
    world = running(broken={what})

    assert world.serve(CHANGE) == ("FAILED", f"the {what} cannot be read")
    assert world.calls == []
