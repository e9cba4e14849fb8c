from __future__ import annotations

import pytest
from traffic_switch.contract import Color
from traffic_switch.model import Live, Weights

from greenlight import plan
from greenlight.errors import ReleaseError
from stacks.settings import ServiceSettings

SHOP = ServiceSettings(name="shop", blue_version="1.0.0", green_version="1.0.0", source="services/shop")
BLUE_LIVE = Live(Color.BLUE, "1.0.0", Weights(100, 0))
GREEN_LIVE = Live(Color.GREEN, "2.0.0", Weights(0, 100))


def test_a_release_goes_to_the_idle_color() -> None:
    made = plan.release(SHOP, "2.0.0", BLUE_LIVE)

    assert made.flags == {
        "shop.green_version": "2.0.0",
        "shop.blue_version": "1.0.0",
        "shop.active_color": "green",
        "shop.attempt": "1",
    }


def test_the_live_color_keeps_its_version_whatever_is_declared() -> None:
    declared = SHOP.model_copy(update={"blue_version": "0.9.0"})

    assert plan.release(declared, "2.0.0", BLUE_LIVE).other_version == "1.0.0"


def test_the_very_first_release_is_blue() -> None:
    assert plan.release(SHOP, "2.0.0", None).color is Color.BLUE


def test_what_is_live_cannot_be_released_again() -> None:
    with pytest.raises(ReleaseError, match=r"shop 1\.0\.0 is live already, on blue"):
        plan.release(SHOP, "1.0.0", BLUE_LIVE)


def test_a_retry_of_the_declared_release_is_a_new_attempt() -> None:
    declared = SHOP.model_copy(update={"green_version": "2.0.0", "active_color": Color.GREEN, "attempt": 3})

    assert plan.release(declared, "2.0.0", BLUE_LIVE).attempt == 4


def test_a_rollback_asks_for_what_was_live_before() -> None:
    made = plan.rollback(SHOP, GREEN_LIVE, BLUE_LIVE, GREEN_LIVE.weights)

    assert (made.color, made.version, made.other_version) == (Color.BLUE, "1.0.0", "2.0.0")


@pytest.mark.parametrize(
    ("live", "before"),
    [(None, BLUE_LIVE), (BLUE_LIVE, None), (BLUE_LIVE, BLUE_LIVE)],
    ids=["nothing live", "first", "failed"],
)
def test_a_rollback_without_an_earlier_release_is_refused(live: Live | None, before: Live | None) -> None:
    with pytest.raises(ReleaseError):
        plan.rollback(SHOP, live, before, live.weights if live else None)


def test_traffic_that_was_held_elsewhere_comes_back_to_what_the_journal_remembers() -> None:
    declared = SHOP.model_copy(update={"active_color": Color.BLUE})

    made = plan.rollback(declared, BLUE_LIVE, BLUE_LIVE, Weights(0, 100))

    assert (made.color, made.version, made.attempt) == (Color.BLUE, "1.0.0", 2)
