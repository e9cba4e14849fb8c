from __future__ import annotations

from traffic_switch.journal import Answer, Lock, Record
from traffic_switch.locking import hold_of, may_take
from traffic_switch.model import Hold, Mode, Switch

from tests.unit.bake_world import BakeWorld
from tests.unit.switch_facts import switch

HELD = Lock("other", 1, deadline=2_000.0)
OTHER = switch(id="other")


def takes(asking: Switch, old: Record | None, lock: Lock = HELD, now: float = 1_000.0) -> bool:
    return may_take(asking, lock, old, now)


def test_a_release_waits_for_the_switch_that_runs() -> None:
    assert not takes(switch(), Record(OTHER, 0.0))


def test_a_lock_past_its_deadline_is_anybodys() -> None:
    assert takes(switch(), Record(OTHER, 0.0), now=2_000.1)
    assert not takes(switch(), Record(OTHER, 0.0), now=2_000.0)


def test_a_switch_that_is_answered_has_no_right_to_the_lock_any_more() -> None:
    assert takes(switch(), Record(OTHER, 0.0, answer=Answer("FAILED", "")))


def test_a_restore_takes_the_lock_from_what_it_undoes() -> None:
    assert takes(switch(Mode.RESTORE, undoes="other"), Record(OTHER, 0.0))
    assert not takes(switch(Mode.RESTORE, undoes="another"), Record(OTHER, 0.0))


def test_a_removal_ends_whatever_runs() -> None:
    assert takes(switch(Mode.REMOVE), Record(OTHER, 0.0))


def test_a_second_try_of_a_restore_takes_over_the_first() -> None:
    first = Record(switch(Mode.RESTORE, undoes="r1", id="other"), 0.0)

    assert takes(switch(Mode.RESTORE, undoes="r1"), first)
    assert not takes(switch(Mode.RESTORE, undoes="r2"), first)


def test_a_lock_without_an_owner_is_nobodys_to_take_but_a_removals() -> None:
    damaged = Lock("", None)

    assert not takes(switch(), None, damaged)
    assert takes(switch(Mode.REMOVE), None, damaged)


def test_an_owner_that_nobody_recorded_keeps_its_lock_until_the_deadline() -> None:
    assert not takes(switch(), None)


def test_a_payload_that_carries_no_hold_is_of_epoch_zero_and_may_write_after_the_whole_of_w() -> None:
    world = BakeWorld()

    assert hold_of({"switch": switch().as_input()}, world) == Hold(  # type: ignore[arg-type]
        "s1", "shop", 0, "", world.clock + world.policy.write_settle_seconds
    )
