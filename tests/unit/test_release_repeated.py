"""A release of what is live already, and one that was planned on something: a step of a pipeline is repeated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from traffic_switch.contract import Color
from traffic_switch.model import Live, Weights

from tests.unit.operator_world import (
    BLUE,
    CONTEXT,
    GREEN,
    Desk,
    asked_for,
    digest_of,
    green_is_live,
    scene,
    seated,
    switch,
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return seated(tmp_path, monkeypatch)


def test_what_a_release_that_was_cut_off_made_live_is_written_down_by_the_same_command(desk: Desk) -> None:
    green_is_live(desk)
    desk.deployed.journal.known = [asked_for(switch(1, GREEN, BLUE), attempt=7)]

    code, said = desk.type("release", "2.0.0", "--yes")

    assert code == 0
    assert "shop 2.0.0 is live already, and cdk.json declares it now: nothing was deployed" in said
    assert (desk.declared["active_color"], desk.declared["attempt"]) == ("green", 7)
    assert desk.deployment.commands == []


def test_what_the_live_color_does_not_run_is_not_written_down(desk: Desk) -> None:
    green_is_live(desk)
    desk.deployed.running = {Color.BLUE: "1.0.0", Color.GREEN: "2.1.0"}

    code, said = desk.type("release", "2.0.0", "--yes")

    assert (code, desk.declared) == (1, CONTEXT["services"]["shop"])
    assert "green was deployed with 2.1.0 since, past the switch" in said


def test_what_is_live_and_declared_so_is_nothing_to_release(desk: Desk) -> None:
    code, said = desk.type("release", "1.0.0", "--yes")

    assert code == 1
    assert "shop 1.0.0 is live already, on blue: there is nothing to release" in said
    assert "active_color" not in desk.declared


def test_where_a_release_is_wanted_only_if_needed_what_is_live_is_a_success(desk: Desk) -> None:
    code, said = desk.type("release", "1.0.0", "--yes", "--if-needed")

    assert (code, said.splitlines()[-1]) == (0, "shop 1.0.0 is live already, on blue: nothing was deployed")
    assert desk.deployment.commands == []


def test_only_if_needed_nothing_is_written_and_no_switch_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deployed.now = scene(GREEN)
    monkeypatch.setattr(desk.deployed.journal, "switches", None)

    code, _ = desk.type("release", "2.0.0", "--yes", "--if-needed")

    assert (code, desk.declared["green_version"]) == (0, "1.0.0")


def test_what_is_not_live_is_released_though_only_if_needed(desk: Desk) -> None:
    desk.becomes(GREEN)

    code, said = desk.type("release", "2.0.0", "--yes", "--if-needed")

    assert (code, said.splitlines()[-1]) == (0, "shop 2.0.0 is live on green")


@pytest.mark.parametrize(("live", "expected"), [(BLUE, "blue 1.0.0"), (None, "nothing")], ids=["something", "nothing"])
def test_a_release_that_meets_what_it_was_planned_on_goes_on(desk: Desk, live: Live | None, expected: str) -> None:
    desk.deployed.now = scene(live)
    desk.becomes(GREEN if live else replace(GREEN, color=Color.BLUE, weights=Weights(100, 0)))

    code, _ = desk.type("release", "2.0.0", "--yes", "--expect-live", expected)

    assert code == 0


@pytest.mark.parametrize("expected", ["blue 0.9.0", "green 1.0.0", "nothing"])
def test_a_release_that_meets_something_else_is_refused_with_what_is_live(desk: Desk, expected: str) -> None:
    code, said = desk.type("release", "2.0.0", "--yes", "--expect-live", expected)

    assert code == 1
    assert f"shop: blue 1.0.0 is live, and this release was planned while {expected} was" in said
    assert desk.deployment.commands == []


def test_a_retry_of_a_release_that_is_live_by_now_is_a_success_whatever_was_expected(desk: Desk) -> None:
    code, _ = desk.type("release", "1.0.0", "--yes", "--if-needed", "--expect-live", "green 0.9.0")

    assert code == 0


def test_a_release_of_the_image_that_was_planned_goes_on(desk: Desk) -> None:
    desk.becomes(GREEN)

    code, _ = desk.type("release", "2.0.0", "--yes", "--expect-image", digest_of("2.0.0"))

    assert code == 0


def test_a_version_whose_tag_was_moved_since_its_plan_is_refused_with_both_images(desk: Desk) -> None:
    other = f"sha256:{'0' * 64}"
    code, said = desk.type("release", "2.0.0", "--yes", "--expect-image", other)

    assert code == 1
    assert f"shop: 2.0.0 is the image {digest_of('2.0.0')}, and this release was planned with {other}" in said
    assert desk.deployment.commands == []


@pytest.mark.parametrize("expected", ["", "2.0.0", "sha256:abc"])
def test_an_image_that_is_no_digest_is_refused(desk: Desk, expected: str) -> None:
    code, said = desk.type("release", "2.0.0", "--yes", "--expect-image", expected)

    assert code == 2
    assert f"got {expected!r}; allowed: the digest of an image" in said


@pytest.mark.parametrize("expected", ["", "blue", "red 1.0.0", "blue 1.0.0 2.0.0", "nothing 1.0.0"])
def test_an_expectation_that_says_nothing_is_refused(desk: Desk, expected: str) -> None:
    code, said = desk.type("release", "2.0.0", "--yes", "--expect-live", expected)

    assert code == 2
    assert f"got {expected!r}; allowed: a color and a version" in said
    assert desk.deployment.commands == []
