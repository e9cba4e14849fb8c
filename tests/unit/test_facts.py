from __future__ import annotations

import json
from dataclasses import replace

import pytest
from traffic_switch.asking import Properties
from traffic_switch.contract import KEEP, Color
from traffic_switch.model import Live, Outcome, Weights

from greenlight.errors import ReleaseError
from greenlight.facts import as_live, unrecorded
from stacks.settings import ServiceSettings
from tests.unit.operator_world import BLUE, GREEN, asked_for, switch

SHOP = ServiceSettings(name="shop", blue_version="1.0.0", green_version="1.0.0", source="services/shop")
DEPLOYED = {Color.BLUE: "0.9.0", Color.GREEN: "2.0.0"}
NEXT_BLUE = Live(Color.BLUE, "3.0.0", Weights(100, 0))
RELEASED = asked_for(switch(1, GREEN, BLUE), attempt=2)
FIRST = asked_for(switch(0, BLUE, None), KEEP)
SAID = {"blue_version": "1.0.0", "green_version": "2.0.0", "active_color": Color.GREEN, "attempt": 2}


def test_each_color_keeps_the_version_that_it_has_and_no_color_is_asked_for() -> None:
    facts = as_live(SHOP.model_copy(update={"active_color": Color.BLUE}), GREEN, DEPLOYED)

    assert facts == {"green_version": "2.0.0", "blue_version": "0.9.0", "active_color": "null"}


def test_where_nothing_is_live_cdk_json_says_it_all() -> None:
    assert as_live(SHOP, None, DEPLOYED) == {}


def test_where_the_stack_does_not_say_it_cdk_json_has_the_idle_version() -> None:
    assert as_live(SHOP, GREEN, {})["blue_version"] == "1.0.0"


def test_a_live_color_that_was_changed_in_place_is_refused_with_the_way_out() -> None:
    with pytest.raises(ReleaseError) as refused:
        as_live(SHOP, GREEN, {Color.GREEN: "2.1.0"})

    assert "the journal remembers green 2.0.0 as live, but green was deployed with 2.1.0" in refused.value.message
    assert "-c shop.green_version=2.1.0 -c shop.active_color=green`" in refused.value.message


def test_a_stack_that_does_not_say_what_the_live_color_runs_is_no_contradiction() -> None:
    facts = as_live(SHOP, GREEN, {Color.BLUE: "", Color.GREEN: ""})

    assert (facts["green_version"], facts["blue_version"]) == ("2.0.0", "1.0.0")


def test_what_a_release_would_have_written_is_what_is_missing() -> None:
    assert unrecorded(SHOP, GREEN, [RELEASED, FIRST]) == {
        "green_version": "2.0.0",
        "blue_version": "1.0.0",
        "active_color": "green",
        "attempt": 2,
    }


def test_nothing_is_missing_once_it_is_written() -> None:
    assert unrecorded(SHOP.model_copy(update=SAID), GREEN, [RELEASED, FIRST]) == {}


@pytest.mark.parametrize("wrong", [{"attempt": 1}, {"blue_version": "0.9.0"}, {"active_color": None}])
def test_each_of_the_facts_has_to_be_said(wrong: dict[str, object]) -> None:
    assert unrecorded(SHOP.model_copy(update={**SAID, **wrong}), GREEN, [RELEASED, FIRST])


def test_after_the_first_deployment_nothing_is_missing() -> None:
    assert unrecorded(SHOP, BLUE, [FIRST]) == {}


def test_another_color_than_the_live_one_is_corrected_though_none_was_asked_for() -> None:
    declared = SHOP.model_copy(update={"active_color": Color.GREEN})

    assert unrecorded(declared, BLUE, [FIRST]) == {"blue_version": "1.0.0", "active_color": "blue"}


def test_after_two_releases_the_idle_color_has_what_was_live_between_them() -> None:
    second = asked_for(switch(2, NEXT_BLUE, GREEN), attempt=3)

    assert unrecorded(SHOP, NEXT_BLUE, [second, RELEASED, FIRST]) == {
        "blue_version": "3.0.0",
        "green_version": "2.0.0",
        "active_color": "blue",
        "attempt": 3,
    }


def test_a_version_that_was_refused_is_not_written_down() -> None:
    refused = asked_for(switch(2, NEXT_BLUE, GREEN, Outcome.ROLLED_BACK), attempt=3)

    assert unrecorded(SHOP.model_copy(update=SAID), GREEN, [refused, RELEASED, FIRST]) == {}


def test_a_deploy_that_asked_for_no_color_leaves_the_releases_attempt() -> None:
    kept = asked_for(switch(2, GREEN, GREEN, Outcome.UNCHANGED), KEEP, attempt=1)

    assert unrecorded(SHOP, GREEN, [kept, RELEASED, FIRST])["attempt"] == 2


def test_a_release_of_what_was_live_has_the_attempt_and_not_what_was_live_before() -> None:
    again = asked_for(switch(2, GREEN, GREEN), attempt=5)

    facts = unrecorded(SHOP, GREEN, [again, RELEASED, FIRST])

    assert (facts["attempt"], facts["blue_version"]) == (5, "1.0.0")


@pytest.mark.parametrize("attempt", ["0", "-1", "10000", '"x"', "Infinity"])
def test_an_attempt_that_nobody_could_declare_leaves_the_declared_one(attempt: str) -> None:
    asked = Properties("", f'{{"Color": "green", "Attempt": {attempt}}}')

    facts = unrecorded(SHOP.model_copy(update={"attempt": 7}), GREEN, [replace(RELEASED, properties=asked)])

    assert facts["attempt"] == 7


@pytest.mark.parametrize("attempt", [1, 9999])
def test_every_attempt_that_can_be_declared_is_written_down(attempt: int) -> None:
    asked = asked_for(switch(1, GREEN, BLUE), attempt=attempt)

    assert unrecorded(SHOP, GREEN, [asked])["attempt"] == attempt


def test_a_damaged_item_leaves_the_idle_version_as_it_is_declared() -> None:
    damaged = replace(asked_for(switch(2, GREEN, BLUE), attempt=5), before=None)

    assert "blue_version" not in unrecorded(SHOP, GREEN, [damaged, RELEASED])


def test_what_the_journal_has_forgotten_leaves_color_and_version() -> None:
    assert unrecorded(SHOP, GREEN, []) == {"green_version": "2.0.0", "active_color": "green"}


def test_where_nothing_is_live_nothing_is_missing() -> None:
    assert unrecorded(SHOP, None, []) == {}


def test_a_one_way_door_that_is_held_is_written_with_the_next_attempt() -> None:
    held = replace(RELEASED, switch=replace(RELEASED.switch, one_way=True), outcome=Outcome.HELD, shifted_at=5.0)
    asked = {**json.loads(held.properties.new), "OneWay": "true"}
    held = replace(held, properties=Properties(held.properties.old, json.dumps(asked)))

    assert unrecorded(SHOP, GREEN, [held, FIRST]) == {
        "green_version": "2.0.0",
        "blue_version": "1.0.0",
        "active_color": "green",
        "one_way": "2.0.0",
        "attempt": 3,
    }
