"""One-way doors as people meet them: what is said beforehand, what is refused, and the word that is asked for."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from traffic_switch.contract import Color
from traffic_switch.image import KnownImage
from traffic_switch.journal import Before, Lock
from traffic_switch.model import Outcome

from stacks.one_way import one_way_said
from stacks.settings import ServiceSettings, SettingsError
from tests.unit.operator_world import BLUE, GREEN, Desk, digest_of, scene, seated, switch

SHOP = ServiceSettings(name="shop", blue_version="1.0.0", green_version="2.0.0", source="services/shop")
THROUGH = replace(GREEN, door="2.0.0", door_at=1_000)
HELD = switch(1, GREEN, BLUE, Outcome.HELD)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Green is live with 2.0.0, a one-way door that failed its bake; blue still runs 1.0.0."""
    monkeypatch.setenv("COLUMNS", "200")
    made = seated(tmp_path, monkeypatch)
    made.deployed.now = scene(THROUGH)
    released = replace(HELD.switch, one_way=True)
    made.deployed.journal.known = [replace(HELD, switch=released, shifted_at=5.0)]
    made.deployed.known = {version: KnownImage(digest_of(version), 1.0) for version in ("1.0.0", "2.0.0")}
    return made


@pytest.mark.parametrize("words", [["rollback", "--yes"], ["release", "1.0.0", "--yes"]], ids=["rollback", "release"])
def test_without_a_word_nobody_goes_back_through_a_door(words: list[str], desk: Desk) -> None:
    before = desk.declared
    code, said = desk.type(*words)

    assert code == 1
    assert "1.0.0 lies behind the one-way door 2.0.0" in said
    assert "Nothing was changed" in said
    assert desk.declared == before


@pytest.mark.parametrize("words", [["rollback", "--yes"], ["release", "1.0.0", "--yes"]], ids=["rollback", "release"])
def test_with_the_word_the_deploy_names_the_door(words: list[str], desk: Desk) -> None:
    desk.becomes(BLUE)
    code, said = desk.type(*words, "--undo-one-way")

    assert code == 0
    assert "back through the one-way door 2.0.0" in said
    assert "undo_one_way" not in desk.declared


def test_a_version_that_was_deployed_after_the_door_is_an_ordinary_release(desk: Desk) -> None:
    desk.becomes(replace(BLUE, version="3.0.0"))
    code, said = desk.type("release", "3.0.0", "--yes")

    assert code == 0
    assert "returns by itself if that goes wrong" in said


def test_what_is_held_is_kept_by_releasing_it_and_nothing_is_deployed(desk: Desk) -> None:
    code, said = desk.type("release", "2.0.0", "--yes")

    assert (code, "nothing was deployed" in said) == (0, True)
    assert (desk.declared["active_color"], desk.declared["green_version"]) == ("green", "2.0.0")


def test_status_shows_the_door(desk: Desk) -> None:
    assert "2.0.0: what was deployed before it may not be able to read the data" in desk.type("status")[1]


@pytest.mark.parametrize(("one_way", "told"), [(True, "hold its traffic"), (False, "take itself back")])
def test_an_abort_says_what_becomes_of_the_traffic(one_way: bool, told: str, desk: Desk) -> None:
    running = switch(2, GREEN, BLUE, None)
    found = Before(BLUE.weights, BLUE)
    desk.deployed.journal.known = [replace(running, switch=replace(running.switch, one_way=one_way), before=found)]
    desk.deployed.journal.held = Lock(running.switch.id, 1, deadline=time.time() + 100)

    assert told in desk.type("abort")[1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"one_way": "2.0.0", "active_color": Color.GREEN},
            "shop: 2.0.0 is a one-way door. Once its traffic has moved",
        ),
        ({"one_way": "2.0", "active_color": Color.GREEN}, "shop: one_way names 2.0, which neither color runs"),
        ({"undo_one_way": "2.0.0", "active_color": Color.BLUE}, "shop: undo_one_way 2.0.0 lets this release go back"),
    ],
)
def test_a_synthesis_says_what_is_declared_of_doors(changes: dict[str, str], said: str) -> None:
    assert one_way_said(SHOP.model_copy(update=changes)).startswith(said)


@pytest.mark.parametrize("changes", [{}, {"one_way": "2.0.0", "active_color": Color.BLUE}, {"one_way": "1.0.0"}])
def test_a_synthesis_says_nothing_where_nobody_has_to_know(changes: dict[str, str]) -> None:
    assert one_way_said(SHOP.model_copy(update=changes)) == ""


def test_a_word_that_was_left_behind_takes_no_door_away() -> None:
    both = {"one_way": "2.0.0", "undo_one_way": "0.9.0", "active_color": "green"}

    with pytest.raises(SettingsError, match=r"undo_one_way: got 0\.9\.0 while 2\.0\.0, which is released, is a one"):
        ServiceSettings.model_validate({**SHOP.model_dump(exclude={"tables", "secrets"}), **both})
