"""Which platform an instance type has."""

from __future__ import annotations

import pytest
from greenlight_cdk.platforms import AMD64, ARM64, EXAMPLES, platform_of


@pytest.mark.parametrize("name", ["t4g.nano", "m7gd.large", "c7gn.large", "im4gn.large", "is4gen.medium", "a1.medium"])
def test_graviton_is_arm64(name: str) -> None:
    assert platform_of(name) == ARM64


@pytest.mark.parametrize(
    "name", ["t3.medium", "g5.xlarge", "g4dn.xlarge", "m7i-flex.large", "u-6tb1.metal", "gr6.4xlarge"]
)
def test_everything_else_is_amd64(name: str) -> None:
    assert platform_of(name) == AMD64


def test_the_examples_are_what_they_are_examples_of() -> None:
    assert {platform_of(name): name for name in EXAMPLES.values()} == EXAMPLES
