from __future__ import annotations

from dataclasses import replace

import pytest
from traffic_switch.contract import Color
from traffic_switch.image import KnownImage
from traffic_switch.model import Live, Outcome, Weights

from greenlight import plan
from greenlight.errors import ReleaseError
from stacks.settings import ServiceSettings
from tests.unit.operator_world import BLUE, GREEN, switch

SHOP = ServiceSettings(name="shop", blue_version="1.0.0", green_version="1.0.0", source="services/shop")
DEPLOYED = {Color.BLUE: "1.0.0", Color.GREEN: "2.0.0"}
NEXT_BLUE = Live(Color.BLUE, "3.0.0", Weights(100, 0))


def test_a_release_goes_to_the_idle_color() -> None:
    made = plan.release(SHOP, "2.0.0", BLUE)

    assert made.flags == {
        "shop.green_version": "2.0.0",
        "shop.blue_version": "1.0.0",
        "shop.active_color": "green",
        "shop.attempt": "2",
    }


def test_the_live_color_keeps_its_version_whatever_is_declared() -> None:
    declared = SHOP.model_copy(update={"blue_version": "0.9.0"})

    assert plan.release(declared, "2.0.0", BLUE).other_version == "1.0.0"


def test_the_very_first_release_is_blue() -> None:
    assert plan.release(SHOP, "2.0.0", None).color is Color.BLUE


def test_what_is_live_cannot_be_released_again() -> None:
    with pytest.raises(ReleaseError, match=r"shop 1\.0\.0 is live already, on blue"):
        plan.release(SHOP, "1.0.0", BLUE)


@pytest.mark.parametrize(("declared", "used"), [(3, []), (1, [1, 3]), (1, [3, 2])], ids=["declared", "stack", "rolled"])
def test_an_attempt_is_one_that_nobody_has_used(declared: int, used: list[int]) -> None:
    shop = SHOP.model_copy(update={"attempt": declared})

    assert plan.release(shop, "2.0.0", BLUE, used).attempt == 4


def test_attempts_begin_again_after_the_last_one() -> None:
    assert plan.next_attempt([9999]) == 1


def test_a_rollback_asks_for_what_was_live_before() -> None:
    made = plan.rollback(SHOP, GREEN, BLUE, DEPLOYED, [7])

    assert (made.color, made.version, made.other_version, made.attempt) == (Color.BLUE, "1.0.0", "2.0.0", 8)


@pytest.mark.parametrize(
    ("live", "before"), [(None, BLUE), (BLUE, None), (BLUE, BLUE)], ids=["nothing live", "first", "same color"]
)
def test_a_rollback_without_an_earlier_release_is_refused(live: Live | None, before: Live | None) -> None:
    with pytest.raises(ReleaseError):
        plan.rollback(SHOP, live, before, DEPLOYED)


@pytest.mark.parametrize(("deployed", "replaces"), [("1.0.0", ""), ("3.0.0", "3.0.0")], ids=["as it was", "another"])
def test_a_rollback_says_whether_the_old_color_runs_another_version(deployed: str, replaces: str) -> None:
    assert plan.rollback(SHOP, GREEN, BLUE, {Color.BLUE: deployed}).replaces == replaces


def test_what_nobody_knows_of_a_color_is_taken_for_unchanged() -> None:
    assert plan.rollback(SHOP, GREEN, BLUE, {}).replaces == ""


def test_the_way_back_is_what_was_live_before_the_live_release() -> None:
    assert plan.previous(GREEN, [switch(1, GREEN, BLUE)]) == BLUE


@pytest.mark.parametrize("outcome", [Outcome.UNCHANGED, Outcome.ROLLED_BACK, Outcome.HELD, Outcome.TAKEN_OVER, None])
def test_a_release_that_did_not_end_well_is_passed_over(outcome: Outcome | None) -> None:
    assert plan.previous(GREEN, [switch(2, NEXT_BLUE, GREEN, outcome), switch(1, GREEN, BLUE)]) == BLUE


def test_a_release_that_was_taken_back_later_is_passed_over() -> None:
    undone = replace(switch(2, NEXT_BLUE, GREEN), undone="s3")

    assert plan.previous(GREEN, [undone, switch(1, GREEN, BLUE)]) == BLUE


def test_a_release_of_what_was_live_already_is_passed_over() -> None:
    assert plan.previous(GREEN, [switch(2, GREEN, GREEN), switch(1, GREEN, BLUE)]) == BLUE


def test_before_the_first_release_there_is_nothing() -> None:
    assert plan.previous(BLUE, [switch(1, BLUE, None)]) is None


def test_of_two_releases_of_one_version_the_newer_one_counts() -> None:
    switches = [switch(3, GREEN, NEXT_BLUE), switch(2, NEXT_BLUE, GREEN), switch(1, GREEN, BLUE)]

    assert plan.previous(GREEN, switches) == NEXT_BLUE


def test_a_damaged_item_is_named_before_anybody_goes_back_to_a_guess() -> None:
    with pytest.raises(ReleaseError, match="switch#s2 is damaged"):
        plan.previous(GREEN, [replace(switch(2, GREEN, BLUE), before=None), switch(1, GREEN, NEXT_BLUE)])


def test_a_plan_is_one_line_whatever_a_version_holds() -> None:
    strange = Live(Color.GREEN, "2\x1b[31m\n", Weights(0, 100))

    assert plan.rollback(SHOP, strange, BLUE, {}).described() == "shop: green 2�[31m is live; blue 1.0.0 goes live"


BEHIND = replace(GREEN, door="2.0.0", door_at=1_000)
"""Green is live with 2.0.0, which is a one-way door."""


@pytest.mark.parametrize("declared", [True, False], ids=["asked for", "in cdk.json"])
def test_a_one_way_release_says_so_and_is_declared(declared: bool) -> None:
    shop = SHOP if declared else SHOP.model_copy(update={"one_way": "2.0.0"})
    made = plan.release(shop, "2.0.0", BLUE, one_way=declared)

    assert made.flags["shop.one_way"] == made.facts["one_way"] == "2.0.0"
    assert made.described().endswith("goes live, through a one-way door")
    assert made.when_wrong().startswith("STAYS THERE if that goes wrong, since 2.0.0 is a one-way door")


def test_a_door_that_was_declared_for_another_version_counts_for_none() -> None:
    made = plan.release(SHOP.model_copy(update={"one_way": "1.0.0"}), "2.0.0", BLUE)

    assert "one_way" not in made.facts
    assert made.when_wrong() == "returns by itself if that goes wrong"


def test_going_back_through_a_one_way_door_takes_a_word() -> None:
    with pytest.raises(ReleaseError, match=r"1\.0\.0 lies behind the one-way door 2\.0\.0.*Nothing was changed"):
        plan.rollback(SHOP, BEHIND, BLUE, DEPLOYED)


def test_with_the_word_the_door_is_named_to_the_switch_and_not_written_down() -> None:
    made = plan.rollback(SHOP, BEHIND, BLUE, DEPLOYED, undo_one_way=True)

    assert made.flags["shop.undo_one_way"] == "2.0.0"
    assert made.flags["shop.one_way"] == "null"
    assert not {"undo_one_way", "one_way"} & set(made.facts)
    assert "back through the one-way door 2.0.0" in made.described()


def test_a_rollback_that_goes_forward_onto_a_one_way_door_says_so() -> None:
    onto = replace(BLUE, version="2.0.0", door="2.0.0", door_at=1_000)
    made = plan.rollback(SHOP.model_copy(update={"one_way": "2.0.0"}), GREEN, onto, DEPLOYED)

    assert made.one_way


@pytest.mark.parametrize("door", ["1.0.0", "2.0.0"], ids=["to the door itself", "both came after it"])
def test_a_rollback_that_goes_through_no_door_needs_no_word(door: str) -> None:
    before = BLUE if door == BLUE.version else replace(BLUE, door=door)

    assert plan.rollback(SHOP, replace(GREEN, door=door), before, DEPLOYED).undoes == ""


def test_what_was_never_deployed_lies_behind_no_door() -> None:
    assert plan.door_behind(BEHIND, "3.0.0", None) == ""
    assert plan.door_behind(BEHIND, "1.0.0", KnownImage(since=1.0)) == "2.0.0"


def test_a_one_way_door_that_is_held_has_made_its_version_live() -> None:
    release = switch(1, GREEN, BLUE, Outcome.HELD)
    held = replace(release, switch=replace(release.switch, one_way=True), shifted_at=5.0)

    assert plan.previous(BEHIND, [held]) == BLUE
    assert plan.previous(BEHIND, [replace(held, shifted_at=None)]) is None
