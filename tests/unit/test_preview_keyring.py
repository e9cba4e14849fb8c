"""Which values of the preview header are valid, and when."""

from __future__ import annotations

import json
from itertools import count

import pytest
from preview_keys.keyring import (
    DAY_SECONDS,
    OVERLAP_SECONDS,
    Fresh,
    Keyring,
    Pair,
    completed,
    name_in,
    read,
    retired,
    rotated,
    written,
)

NOW = 1_800_000_000.0
NAMES = ("shop-blue", "shop-green")


@pytest.fixture
def fresh() -> Fresh:
    numbers = count()
    return lambda name: f"{name}-{next(numbers):048x}"


@pytest.fixture
def ring(fresh: Fresh) -> Keyring:
    return completed(Keyring(), NAMES, fresh, NOW)


def values(ring: Keyring) -> list[str]:
    return [value for pair in ring.opening.values() for value in pair]


def times(rotated_at: object) -> str:
    """A secret whose values were rotated then."""
    return json.dumps({"rotated_at": rotated_at, "old_until": "0"})


def test_every_color_has_values_of_its_own(ring: Keyring) -> None:
    assert set(ring.pairs) == set(NAMES)
    assert len(set(values(ring))) == 4


def test_who_has_values_keeps_them_when_another_service_comes(ring: Keyring, fresh: Fresh) -> None:
    more = completed(ring, [*NAMES, "report-blue"], fresh, NOW + 60)

    assert {name: more.pairs[name] for name in NAMES} == ring.pairs
    assert more.rotated_at == ring.rotated_at


def test_who_leaves_the_settings_keeps_its_values_for_a_rollback(ring: Keyring, fresh: Fresh) -> None:
    assert completed(ring, NAMES[:1], fresh, NOW) == ring


def test_what_was_written_is_read_again(ring: Keyring, fresh: Fresh) -> None:
    both = rotated(ring, fresh, NOW + 60)

    assert read(written(both)) == both


def test_a_key_of_the_secret_is_what_a_dynamic_reference_names(ring: Keyring) -> None:
    told = json.loads(written(ring))

    assert told["shop-blue"] == ring.pairs["shop-blue"].current
    assert told["shop-blue-previous"] == ring.pairs["shop-blue"].previous
    assert all(isinstance(value, str) for value in told.values())


@pytest.mark.parametrize(
    "text", ["", "letters", "[]", "{}", "7", *map(times, ["x", "nan", "inf", "-1", "1e99", 10**400])]
)
def test_a_damaged_secret_is_read_as_an_empty_one(text: str) -> None:
    assert read(text) == Keyring()


@pytest.mark.parametrize("value", ["*", "shop-blue-*", "shop-blue-", "shop-green-" + "0" * 48, 7, None])
def test_a_value_that_we_did_not_make_is_made_anew(ring: Keyring, value: object) -> None:
    told = {**json.loads(written(ring)), "shop-blue": value}

    assert set(read(json.dumps(told)).pairs) == {"shop-green"}


def test_after_a_rotation_the_value_before_is_valid_beside_the_new_one(ring: Keyring, fresh: Fresh) -> None:
    after = rotated(ring, fresh, NOW)

    for name in NAMES:
        assert after.pairs[name].previous == ring.pairs[name].current
        assert after.pairs[name].current not in values(ring)


def test_an_old_value_is_valid_for_longer_than_a_function_can_run(ring: Keyring, fresh: Fresh) -> None:
    after = rotated(ring, fresh, NOW)

    assert after.old_until - NOW == OVERLAP_SECONDS > 900
    assert retired(after, fresh, after.old_until - 1) == after


def test_an_old_value_whose_time_is_over_opens_nothing(ring: Keyring, fresh: Fresh) -> None:
    after = rotated(ring, fresh, NOW)
    later = retired(after, fresh, after.old_until)

    assert not set(values(later)) & set(values(ring))
    assert [pair.current for pair in later.pairs.values()] == [pair.current for pair in after.pairs.values()]
    assert not later.is_overlapping(after.old_until)


def test_without_an_old_value_nothing_is_retired(ring: Keyring, fresh: Fresh) -> None:
    assert retired(ring, fresh, NOW + OVERLAP_SECONDS) == ring


@pytest.mark.parametrize(("days", "age", "is_due"), [(30, 29.9, False), (30, 30, True), (0, 3000, False)])
def test_values_are_due_after_the_days_of_the_setting(ring: Keyring, days: int, age: float, is_due: bool) -> None:
    assert ring.is_due(NOW + age * DAY_SECONDS, days) is is_due


def test_a_name_with_hyphens_is_found_in_its_value(fresh: Fresh) -> None:
    assert name_in(fresh("my-shop-blue")) == "my-shop-blue"


def test_what_is_shown_of_a_pair_has_no_value_in_it() -> None:
    assert "secret" not in repr(Keyring({"shop-blue": Pair("secret-1", "secret-2")}))
