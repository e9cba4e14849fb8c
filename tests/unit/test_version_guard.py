"""What the guard lets pass and what it refuses, and what CloudFormation hears of it, in a world without AWS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from traffic_switch.contract import Color
from traffic_switch.model import Weights
from traffic_switch.ports.answer import CloudFormationRequest
from version_guard.handler import serve
from version_guard.model import GuardedService
from version_guard.world import World

SHOP = GuardedService("greenlight/shop", "arn:listener", 100, {Color.BLUE: "arn:blue", Color.GREEN: "arn:green"})


@dataclass
class FakeGuardWorld:
    """A production rule and an image repository."""

    weights: Weights | None = field(default_factory=lambda: Weights.all_on(Color.BLUE))
    tags: list[str] = field(default_factory=lambda: ["2.0.0", "1.0.0"])
    rolling_back: bool = False
    marked: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, str, str]] = field(default_factory=list)

    def missing(self, tags: Iterable[str]) -> set[str]:
        return set(tags) - set(self.tags)

    def newest(self, count: int) -> list[str]:
        return self.tags[:count]

    def mark(self, tag: str, version: str) -> None:
        self.marked[tag] = version

    def answer(self, request: CloudFormationRequest, status: str, reason: str, data: None, physical_id: str) -> None:
        self.answers.append((status, reason, physical_id))

    def serve(self, event: dict[str, Any]) -> tuple[str, str]:
        """Handle one event; return the status and the reason of the one answer."""
        world = World({"shop": SHOP}, lambda _: self, lambda _: self.weights, lambda _: self.rolling_back, self.answer)
        serve(event, world)
        ((status, reason, physical_id),) = self.answers
        assert physical_id == "version-guard-shop"
        return status, reason


def event(kind: str, *, wanted: str, before: str | None = None, allow: str = "false") -> dict[str, Any]:
    """A request; `wanted` and `before` are the versions of blue and green, e.g. `1.0.0 2.0.0`."""
    request = {
        "RequestType": kind,
        "ResponseURL": "https://answer",
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "LogicalResourceId": "Guard",
        "ResourceProperties": _properties(wanted, allow),
    }
    if kind != "Create":
        request["PhysicalResourceId"] = "version-guard-shop"
    if before:
        request["OldResourceProperties"] = _properties(before, "false")
    return request


def _properties(versions: str, allow: str) -> dict[str, str]:
    blue, green = versions.split()
    return {"Service": "shop", "BlueVersion": blue, "GreenVersion": green, "AllowLiveChange": allow}


def test_a_change_of_the_live_color_is_refused_with_what_to_do_instead() -> None:
    status, reason = FakeGuardWorld().serve(event("Update", wanted="2.0.0 1.0.0", before="1.0.0 1.0.0"))

    assert status == "FAILED"
    assert reason == (
        "shop: blue is live with version 1.0.0, and this deployment would change it to 2.0.0 under its users."
        " Keep blue_version=1.0.0: deploy 2.0.0 to green and switch to it, or pass -c allow_live_change=true"
    )


def test_a_change_of_the_idle_color_passes() -> None:
    assert FakeGuardWorld().serve(event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0"))[0] == "SUCCESS"


def test_in_the_middle_of_a_shift_both_colors_are_live() -> None:
    world = FakeGuardWorld(weights=Weights(90, 10))

    status, reason = world.serve(event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0"))

    assert status == "FAILED"
    assert "green is live" in reason
    assert "wait until the switch that runs now has ended" in reason


@pytest.mark.parametrize("weights", [None, Weights(0, 0)])
def test_where_nothing_is_live_everything_may_change(weights: Weights | None) -> None:
    world = FakeGuardWorld(weights=weights)

    assert world.serve(event("Update", wanted="2.0.0 2.0.0", before="1.0.0 1.0.0"))[0] == "SUCCESS"


def test_a_change_of_the_live_color_passes_when_it_is_asked_for_by_name() -> None:
    change = event("Update", wanted="2.0.0 1.0.0", before="1.0.0 1.0.0", allow="true")

    assert FakeGuardWorld().serve(change)[0] == "SUCCESS"


def test_a_version_without_an_image_is_refused_with_the_versions_there_are() -> None:
    world = FakeGuardWorld(tags=["5", "4", "3", "2", "1", "0"])

    status, reason = world.serve(event("Create", wanted="1 9.9.9"))

    assert status == "FAILED"
    assert reason == (
        "shop: there is no image '9.9.9' in the repository greenlight/shop; the newest there are 5, 4, 3, 2, 1."
        " Push the image first, or declare a version that is there"
    )


def test_an_empty_repository_is_called_that() -> None:
    _, reason = FakeGuardWorld(tags=[]).serve(event("Create", wanted="1.0.0 1.0.0"))

    assert "there is no image '1.0.0' in the repository greenlight/shop; the repository is empty" in reason


def test_an_image_that_was_deleted_under_an_unchanged_color_stops_nothing() -> None:
    world = FakeGuardWorld(tags=["2.0.0"])

    assert world.serve(event("Update", wanted="1.0.0 2.0.0", before="1.0.0 1.0.0"))[0] == "SUCCESS"


def test_what_passes_is_marked_as_running() -> None:
    world = FakeGuardWorld()

    world.serve(event("Create", wanted="1.0.0 2.0.0"))

    assert world.marked == {"live-blue": "1.0.0", "live-green": "2.0.0"}


def test_what_is_refused_is_not_marked() -> None:
    world = FakeGuardWorld()

    world.serve(event("Update", wanted="2.0.0 1.0.0", before="1.0.0 1.0.0"))

    assert world.marked == {}


def test_a_rollback_passes_even_when_it_changes_the_live_color() -> None:
    world = FakeGuardWorld(rolling_back=True)

    status, _ = world.serve(event("Update", wanted="1.0.0 1.0.0", before="2.0.0 1.0.0"))

    assert status == "SUCCESS"
    assert world.marked == {"live-blue": "1.0.0", "live-green": "1.0.0"}


def test_a_rollback_passes_even_when_the_registry_does_not_answer() -> None:
    class Broken(FakeGuardWorld):
        def mark(self, tag: str, version: str) -> None:
            raise RuntimeError("ECR does not answer")

    assert Broken(rolling_back=True).serve(event("Update", wanted="1 1", before="2 1"))[0] == "SUCCESS"


def test_a_deletion_passes() -> None:
    assert FakeGuardWorld(tags=[]).serve(event("Delete", wanted="1.0.0 1.0.0"))[0] == "SUCCESS"


def test_a_deployment_that_cannot_be_judged_is_refused() -> None:
    class Broken(FakeGuardWorld):
        def missing(self, tags: Iterable[str]) -> set[str]:
            raise RuntimeError("ECR does not answer")

    status, reason = Broken().serve(event("Create", wanted="1.0.0 1.0.0"))

    assert (status, reason) == ("FAILED", "the versions could not be checked: ECR does not answer")
