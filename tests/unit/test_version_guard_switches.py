"""While a switch runs, neither color may change: the guard's part in a deployment that meets a release."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.journal import Lock

from tests.unit.version_guard_world import SWITCH, FakeGuardWorld, event

BOTH = [
    event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0"),
    event("Update", wanted="2.0.0 1.0.0", before="1.0.0 1.0.0"),
]


@pytest.mark.parametrize("change", BOTH, ids=["green", "blue"])
@pytest.mark.parametrize("weights", [(100, 0), (90, 10), (0, 100)])
def test_neither_color_changes_while_a_switch_runs(change: dict[str, Any], weights: tuple[int, int]) -> None:
    world = FakeGuardWorld(weights=weights, lock=SWITCH)

    assert world.serve(change)[0] == "FAILED"
    assert world.marked == {}


def test_the_refusal_says_who_since_when_until_when_and_what_to_do() -> None:
    _, reason = FakeGuardWorld(lock=SWITCH).serve(BOTH[0])

    assert reason == (
        "shop: the switch switch-7 (release green 2.0.0) is running, since 1970-01-01 00:16:30 UTC and until"
        " 1970-01-01 01:06:40 UTC at the latest. Neither color may change meanwhile: one is being judged, the other is"
        " the way back. Wait until it has ended, see `greenlight status`, or end it with `greenlight abort`, then"
        " deploy again"
    )


def test_a_switch_that_begins_while_the_images_are_looked_for_is_seen() -> None:
    world = FakeGuardWorld()
    world.looks = {"images": lambda: setattr(world, "lock", SWITCH)}

    assert world.serve(BOTH[0])[0] == "FAILED"
    assert world.marked == {}


def test_a_switch_past_its_deadline_is_not_settled_and_still_refuses() -> None:
    world = FakeGuardWorld(lock=replace(SWITCH, deadline=999.0))

    status, reason = world.serve(BOTH[0])

    assert status == "FAILED"
    assert "has not been settled, though its time ended at 1970-01-01 00:16:39 UTC" in reason
    assert "Run `greenlight repair`" in reason


@pytest.mark.parametrize("since", [0.0, float("nan"), float("inf"), 1e300, -5.0])
def test_a_damaged_lock_refuses_in_plain_words(since: float) -> None:
    status, reason = FakeGuardWorld(lock=Lock("", None, since=since)).serve(BOTH[0])

    assert status == "FAILED"
    assert "the switch of an unknown name, since the lock's item is damaged, is running" in reason
    assert "since an unknown time and until an unknown time" in reason


def test_a_running_switch_is_no_live_change_that_could_be_allowed() -> None:
    change = event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0", allow="true")

    assert FakeGuardWorld(lock=SWITCH).serve(change)[0] == "FAILED"


def test_colors_are_not_created_into_a_running_switch() -> None:
    assert FakeGuardWorld(lock=SWITCH).serve(event("Create", wanted="1.0.0 2.0.0"))[0] == "FAILED"


def test_what_changes_no_version_disturbs_no_switch() -> None:
    change = event("Update", wanted="1.0.0 1.0.0", before="1.0.0 1.0.0", allow="true")

    assert FakeGuardWorld(lock=SWITCH).serve(change)[0] == "SUCCESS"


def test_a_rollback_passes_while_a_switch_runs() -> None:
    assert FakeGuardWorld(lock=SWITCH, rolling_back=True).serve(BOTH[0])[0] == "SUCCESS"
