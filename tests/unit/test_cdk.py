"""The CDK CLI's surroundings."""

from __future__ import annotations

import pytest

from greenlight import cdk
from greenlight.project import CHECKOUT


def test_the_compiled_cli_is_kept_below_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NODE_COMPILE_CACHE", raising=False)
    assert cdk.environment()["NODE_COMPILE_CACHE"] == str(CHECKOUT / "build" / "node")


def test_a_compile_cache_of_the_users_own_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_COMPILE_CACHE", "/elsewhere")
    assert cdk.environment()["NODE_COMPILE_CACHE"] == "/elsewhere"
