"""The environment is checked at start, all of it at once."""

from __future__ import annotations

import pytest

from report.config import Config, ConfigError, read_config

GOOD = {"ENVIRONMENT": "blue", "VERSION": "v1.2.3"}


def test_a_good_environment_is_read_with_defaults_for_what_is_optional() -> None:
    assert read_config(GOOD) == Config("blue", "v1.2.3", "0.0.0.0", 5000, 5.0, 60.0, "/report")


def test_what_is_optional_can_be_set() -> None:
    given = {"PORT": "5001", "HOST": "127.0.0.1", "DRAIN_SECONDS": "0.5", "REPORT_SECONDS": "0", "PATH_PREFIX": ""}

    assert read_config(GOOD | given) == Config("blue", "v1.2.3", "127.0.0.1", 5001, 0.5, 0.0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "red"),
        ("VERSION", ""),
        ("VERSION", "v1\n"),
        ("PORT", "65536"),
        ("PORT", "x"),
        ("HOST", "http://here"),
        ("DRAIN_SECONDS", "301"),
        ("REPORT_SECONDS", "-1"),
        ("PATH_PREFIX", "report"),
    ],
)
def test_a_bad_value_is_refused_with_what_is_allowed(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_config(GOOD | {name: value})

    assert str(refused.value).startswith(f"{name} must be ")
    assert f"got {value!r}." in str(refused.value)


def test_all_that_is_missing_is_named_in_one_line() -> None:
    with pytest.raises(ConfigError, match=r"^ENVIRONMENT .*got nothing; VERSION .*got nothing\. Set it [^\n]*$"):
        read_config({})
