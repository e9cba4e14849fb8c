from __future__ import annotations

import pytest

from greenlight.errors import ProjectError
from greenlight.region import agree

BOTH = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.mark.parametrize(
    "environment",
    [
        {"AWS_REGION": "eu-west-1"},
        {"AWS_DEFAULT_REGION": "eu-west-1"},
        {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": ""},
        BOTH,
    ],
)
def test_the_region_that_is_named_is_everyones(environment: dict[str, str]) -> None:
    agree(environment)

    assert environment == BOTH


def test_two_regions_are_refused_with_both_names() -> None:
    with pytest.raises(ProjectError, match=r"AWS_REGION is eu-west-1 and AWS_DEFAULT_REGION is us-east-1: .*unset one"):
        agree({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"})


def test_where_no_region_is_named_the_profile_decides() -> None:
    environment: dict[str, str] = {"AWS_PROFILE": "work"}
    agree(environment)

    assert environment == {"AWS_PROFILE": "work"}
