"""A color that moves to another host, and what a rollback makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_switch.model import State

from tests.unit.host_color_world import NEW, OLD, FakeHostWorld, event


def test_a_color_leaves_its_old_host_only_after_it_is_healthy_on_the_new_one() -> None:
    world = FakeHostWorld(
        registered={OLD: 3001}, health=lambda i, now: State.HEALTHY if i == OLD or now > 60 else "initial"
    )

    status, _ = world.serve(event("Update", old=OLD))

    assert status == "SUCCESS"
    assert world.calls[-2:] == [f"register {NEW}:3001", f"deregister {OLD}:3001"]
    assert world.seconds > 60.0


def test_a_color_that_leaves_is_drained_before_cloudformation_may_end_its_host() -> None:
    world = FakeHostWorld(registered={OLD: 3001}, drain_seconds=90.0)

    world.serve(event("Update", old=OLD))

    assert world.seconds >= 90.0


def test_a_color_that_is_healthy_on_the_old_host_alone_stays_there() -> None:
    world = FakeHostWorld(registered={OLD: 3001}, health=lambda i, now: State.HEALTHY if i == OLD else State.UNHEALTHY)

    status, reason = world.serve(event("Update", old=OLD))

    assert status == "FAILED"
    assert f"{NEW}:3001 is unhealthy while {OLD}:3001, which it would replace, is healthy" in reason
    assert world.registered == {OLD: 3001}


def test_a_color_that_is_healthy_nowhere_moves_all_the_same() -> None:
    world = FakeHostWorld(registered={OLD: 3001}, health=lambda i, now: State.UNHEALTHY)

    assert world.serve(event("Update", old=OLD))[0] == "SUCCESS"
    assert world.registered == {NEW: 3001}


def test_a_rollback_does_the_same_work() -> None:
    world = FakeHostWorld(rolling_back=True, registered={NEW: 3001})

    world.serve(event("Update", image="shop:1.0.0", instance=OLD, old=NEW))

    assert world.calls == [
        f"run shop-green shop:1.0.0 on {OLD}",
        f"register {OLD}:3001",
        f"deregister {NEW}:3001",
    ]


@pytest.mark.parametrize("trouble", [{"status": "Failed"}, {"reachable_after": 1e9}, {"refuses": True}])
def test_a_rollback_goes_on_whatever_fails_with_the_target_where_it_was(trouble: dict[str, Any]) -> None:
    world = FakeHostWorld(rolling_back=True, registered={NEW: 3001}, **trouble)

    status, _ = world.serve(event("Update", instance=OLD, old=NEW))

    assert status == "SUCCESS"
    assert world.registered == {OLD: 3001}
    assert world.seconds <= 310.0


def test_a_rollback_leaves_the_host_that_is_about_to_end_even_when_only_that_one_is_healthy() -> None:
    world = FakeHostWorld(
        rolling_back=True,
        registered={NEW: 3001},
        health=lambda i, now: State.HEALTHY if i == NEW else State.UNHEALTHY,
    )

    world.serve(event("Update", instance=OLD, old=NEW))

    assert world.registered == {OLD: 3001}
