"""The settings of the pipeline: all that it needs, or none of it."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.settings import Settings, SettingsError
from tests.pipeline_settings import CONNECTION, PIPELINE

BRANCH = "pipeline_branch"


def _settings(**given: Any) -> Settings:
    return Settings.from_context({"services": {"shop": {"blue_version": "1", "green_version": "1"}}, **given})


def test_without_them_there_is_no_pipeline() -> None:
    assert not _settings().has_pipeline


def test_with_connection_repository_and_branch_there_is_one_that_asks() -> None:
    settings = _settings(**PIPELINE)

    assert settings.has_pipeline
    assert (settings.pipeline_approval, settings.pipeline_approval_hours) == (True, 168)


@pytest.mark.parametrize("left", PIPELINE)
def test_one_of_them_alone_is_refused_with_what_is_missing(left: str) -> None:
    missing = " and ".join(name for name in PIPELINE if name != left)

    with pytest.raises(SettingsError, match=f"^{left}: got '.*' without {missing}; allowed: all of "):
        _settings(**{left: PIPELINE[left]})


@pytest.mark.parametrize("left", PIPELINE)
def test_two_of_them_are_refused_with_the_third(left: str) -> None:
    with pytest.raises(SettingsError, match=f" without {left}; allowed: all of "):
        _settings(**{name: value for name, value in PIPELINE.items() if name != left})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pipeline_connection_arn", "arn:aws:iam::123456789012:role/ann"),
        ("pipeline_connection_arn", CONNECTION[:-1]),
        ("pipeline_connection_arn", ""),
        ("pipeline_repository", "storefront"),
        ("pipeline_repository", "https://github.com/acme/storefront"),
        ("pipeline_repository", "acme/"),
        (BRANCH, "refs//main"),
        (BRANCH, "release/*"),
        (BRANCH, "-main"),
        (BRANCH, "main.lock"),
        (BRANCH, "a..b"),
        (BRANCH, "a/"),
        ("pipeline_approval_hours", 0),
        ("pipeline_approval_hours", 1441),
        ("pipeline_approval", "maybe"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: got {value!r}; allowed: ".replace("*", r"\*")):
        _settings(**{**PIPELINE, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pipeline_connection_arn", CONNECTION.replace("codeconnections", "codestar-connections")),
        ("pipeline_repository", "group/subgroup/store.front"),
        (BRANCH, "release/2026-11_a"),
    ],
)
def test_what_providers_allow_is_taken(name: str, value: str) -> None:
    assert getattr(_settings(**{**PIPELINE, name: value}), name) == value


def test_a_stage_has_a_pipeline_of_its_own_or_leaves_it_out() -> None:
    staging = {"vpc_cidr": "10.21.0.0/16", "services": {"shop": {"blue_version": "1", "green_version": "1"}}}
    declared = {"services": staging["services"], "vpc_cidr": "10.20.0.0/16", **PIPELINE}
    without = {**staging, **dict.fromkeys(PIPELINE)}

    def chosen(own: dict[str, Any]) -> Settings:
        context = {**declared, "stages": {"staging": own}}
        return Settings.from_context({**context, "stage": "staging"}, context)

    assert chosen({**staging, BRANCH: "develop"}).pipeline_branch == "develop"
    assert not chosen(without).has_pipeline
