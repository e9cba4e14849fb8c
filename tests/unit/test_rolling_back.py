"""`greenlight rollback`: what it deploys, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from traffic_switch.contract import Color
from traffic_switch.image import KnownImage, short
from traffic_switch.model import Live, Outcome, Weights

from tests.unit.operator_world import (
    BLUE,
    GREEN,
    Desk,
    alone,
    digest_of,
    green_is_live,
    seated,
    switch,
)

NEXT_BLUE = Live(Color.BLUE, "3.0.0", Weights(100, 0))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return seated(tmp_path, monkeypatch)


def test_a_rollback_runs_the_image_that_the_version_was_though_its_tag_moved(desk: Desk) -> None:
    green_is_live(desk)
    desk.deployed.running = {Color.BLUE: "3.0.0"}
    desk.deployed.known = {"1.0.0": KnownImage(digest_of("1.0.0"), 900.0)}
    desk.deployed.pushed_again = {"1.0.0": "another"}
    desk.becomes(BLUE)

    code, said = desk.type("rollback", "--yes")

    (command,) = desk.deployment.deploys
    assert code == 0
    assert "recorded_images=true" in command
    assert f"blue, which runs 3.0.0, gets 1.0.0 ({short(digest_of('1.0.0'))}) again" in said


def test_a_rollback_asks_for_nothing_special_where_no_tag_moved(desk: Desk) -> None:
    green_is_live(desk)
    desk.deployed.running = {Color.BLUE: "3.0.0"}
    desk.deployed.known = {"1.0.0": KnownImage(digest_of("1.0.0"), 900.0)}
    desk.becomes(BLUE)

    desk.type("rollback", "--yes")

    assert "recorded_images=true" not in desk.deployment.deploys[0]


def test_a_rollback_to_an_image_that_is_gone_is_refused(desk: Desk) -> None:
    green_is_live(desk)
    desk.deployed.running = {Color.BLUE: "3.0.0"}
    desk.deployed.known = {"1.0.0": KnownImage(digest_of("1.0.0"), 900.0)}
    desk.deployed.pushed_again, desk.deployed.gone = {"1.0.0": "another"}, ["1.0.0"]

    code, said = desk.type("rollback", "--yes")

    assert (code, desk.deployment.deploys) == (1, [])
    assert "which is not in the repository greenlight/shop any more" in said


def test_a_rollback_deploys_the_release_stack_alone(desk: Desk) -> None:
    green_is_live(desk)
    desk.becomes(BLUE)

    code, _ = desk.type("rollback", "--yes")

    (command,) = desk.deployment.commands
    assert code == 0
    assert "--exclusively" in command
    assert "GreenlightRelease" in command
    assert "shop.attempt=2" in command


def test_a_rollback_after_a_refused_release_gives_the_old_version_back_first(desk: Desk) -> None:
    green_is_live(desk)
    desk.deployed.journal.known.insert(0, switch(2, NEXT_BLUE, GREEN, Outcome.UNCHANGED))
    desk.deployed.running = {Color.BLUE: "3.0.0", Color.GREEN: "2.0.0"}
    desk.becomes(BLUE)

    code, said = desk.type("rollback", "--yes")

    (command,) = desk.deployment.deploys
    assert code == 0
    assert "green 2.0.0 is live; blue, which runs 3.0.0, gets 1.0.0 (" in said
    assert alone(command) == ["GreenlightEc2Host", "GreenlightRelease"]


def test_a_rollback_to_a_version_without_an_image_is_refused(desk: Desk) -> None:
    green_is_live(desk)
    desk.deployed.running = {Color.BLUE: "3.0.0"}
    desk.deployed.images = ["2.0.0", "3.0.0"]

    code, said = desk.type("rollback", "--yes")

    assert code == 1
    assert "there is no image 1.0.0" in said


def test_before_the_first_release_there_is_nothing_to_roll_back(desk: Desk) -> None:
    desk.deployed.journal.known = [switch(1, BLUE, None)]

    code, said = desk.type("rollback", "--yes")

    assert code == 1
    assert "shop has no earlier release to go back to: blue 1.0.0 stays live" in said


def test_a_denied_rollback_deploys_nothing(desk: Desk) -> None:
    green_is_live(desk)

    desk.type("rollback")

    assert desk.deployment.commands == []
