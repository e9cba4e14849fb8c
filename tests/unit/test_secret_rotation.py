"""The steps of a rotation: each in its turn, none before both colors know the one before it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from traffic_switch.contract import Color

from greenlight.secret_rotation.steps import FOLLOWING, Created, Step, Value, next_step

WRITTEN, NOW = 1000.0, 10_000.0
HOUR = 3600.0
OLD, NEW = "o" * 48, "n" * 48
MADE = Value("7d2e...", WRITTEN, OLD)


def colors(blue: float | None = 2000.0, green: float | None = 3000.0) -> dict[Color, Created]:
    """When both were created, at the earliest."""
    return {
        Color.BLUE: Created(Color.BLUE, "1.0.0", blue),
        Color.GREEN: Created(Color.GREEN, "2.0.0", green),
    }


def after(value: Value, step: Step) -> Value:
    """The value once the step was taken."""
    return Value(value.id_after(step), WRITTEN, value.then(step, NEW))


def test_a_whole_rotation_appends_the_new_value_puts_it_first_and_drops_the_old_one() -> None:
    texts, value = [], MADE
    for _ in range(3):
        value = after(value, next_step(value, colors(), NOW, 0.0).step)
        texts.append(value.text)

    assert texts == [f"{OLD},{NEW}", f"{NEW},{OLD}", NEW]
    assert value.step is Step.DROPPED
    assert next_step(value, colors(), NOW, 0.0).step is Step.APPENDED


@pytest.mark.parametrize("last", [None, Step.APPENDED, Step.FIRST, Step.DROPPED])
def test_no_step_is_taken_before_both_colors_know_the_one_before(last: Step | None) -> None:
    value = MADE
    while value.step is not last:
        value = after(value, FOLLOWING[value.step])

    behind = next_step(value, colors(green=WRITTEN), NOW, 0.0)

    assert "green 2.0.0 may have been created before the last step" in behind.why_not
    assert "blue" not in behind.why_not
    assert next_step(value, colors(green=WRITTEN + 1), NOW, 0.0).why_not == ""


def test_both_colors_that_are_behind_are_named() -> None:
    behind = next_step(after(MADE, Step.APPENDED), colors(1.0, 2.0), NOW, 0.0)

    assert "blue 1.0.0 may have been created before the last step and green 2.0.0 may" in behind.why_not


def test_a_color_without_containers_knows_what_its_next_one_will_be_given() -> None:
    assert next_step(after(MADE, Step.APPENDED), colors(green=None), NOW, 0.0).why_not == ""


def test_the_old_value_is_kept_until_its_last_session_has_ended_counted_from_the_later_color() -> None:
    value = after(after(MADE, Step.APPENDED), Step.FIRST)
    later = colors(green=3000.0)

    assert "may live until 1970-01-01T02:50:00Z" in next_step(value, later, 3000.0 + 2 * HOUR - 1, 2.0).why_not
    assert next_step(value, later, 3000.0 + 2 * HOUR, 2.0).why_not == ""


def test_the_overlap_holds_up_no_other_step() -> None:
    assert next_step(MADE, colors(), 3001.0, 25.0).why_not == ""
    assert next_step(after(MADE, Step.APPENDED), colors(), 3001.0, 25.0).why_not == ""


@pytest.mark.parametrize(
    "value",
    [
        replace(MADE, text=f"{OLD},{NEW}"),
        replace(after(MADE, Step.APPENDED), text=NEW),
        replace(after(MADE, Step.APPENDED), text=f"{OLD},{NEW},{NEW}"),
        replace(MADE, text=f"{OLD},{NEW},{NEW}"),
    ],
)
def test_what_somebody_wrote_otherwise_is_left_to_people(value: Value) -> None:
    assert "finish it by hand" in next_step(value, colors(), NOW, 0.0).why_not


def test_the_id_of_a_step_follows_from_the_version_before_so_that_it_is_taken_once() -> None:
    assert MADE.id_after(Step.APPENDED) == MADE.id_after(Step.APPENDED)
    assert MADE.id_after(Step.APPENDED) != replace(MADE, version="another").id_after(Step.APPENDED)
    assert all(32 <= len(MADE.id_after(step)) <= 64 for step in Step)


def test_an_id_that_only_looks_like_ours_is_nobodys_step() -> None:
    assert replace(MADE, version="greenlight-stolen-0123").step is None
    assert replace(MADE, version="first-0123").step is None


def test_a_value_is_not_in_what_is_written_of_it() -> None:
    assert OLD not in repr(MADE)
    assert OLD not in str(next_step(MADE, colors(), NOW, 0.0))
