"""The settings of a GitHub repository: what is refused, and with which words."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.settings import Settings, SettingsError

SERVICES = {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}}
ARN = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
ON = {"github_repository": "octocat/shop"}
STAGING = {"vpc_cidr": "10.21.0.0/16", "services": SERVICES}


def read(**flags: Any) -> Settings:
    return Settings.from_context({"services": SERVICES, **flags})


def refusal(declared: dict[str, Any]) -> str:
    with pytest.raises(SettingsError) as refused:
        Settings.from_context(declared, declared)
    return str(refused.value)


def test_github_has_no_roles_unless_a_repository_is_named() -> None:
    assert not read().has_github
    assert read(**ON).has_github


def test_flags_are_read_as_text() -> None:
    settings = read(**ON, github_owner_id="583231", github_repository_id="1296269")

    assert settings.github_workflows.subjects("Push") == ("repo:octocat@583231/shop@1296269:ref:refs/heads/main",)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"github_repository": "shop"}, "github_repository: got 'shop'; allowed: owner/name"),
        ({"github_repository": "octocat/*"}, "github_repository: got 'octocat/*'; allowed: owner/name"),
        ({**ON, "github_branch": "feature/*"}, "github_branch: got 'feature/*'; allowed: the name of a branch"),
        ({**ON, "github_branch": "a..b"}, "github_branch: got 'a..b'; allowed: the name of a branch"),
        ({**ON, "github_environment": "prod*"}, "github_environment: got 'prod*'; allowed: letters, digits"),
        ({**ON, "github_environment": "a:b"}, "github_environment: got 'a:b'; allowed: letters, digits"),
        ({**ON, "github_owner_id": 0}, "github_owner_id: got 0; allowed: a number"),
        ({**ON, "github_owner_id": 7}, "github_owner_id: got 7 without github_repository_id; allowed: both"),
        ({**ON, "github_repository_id": 7}, "github_repository_id: got 7 without github_owner_id; allowed: both"),
        (
            {"github_owner_id": 7, "github_repository_id": 7},
            "github_owner_id: got 7 without github_repository; allowed: together with it",
        ),
        ({"github_provider_arn": ARN}, f"github_provider_arn: got {ARN} without github_repository; allowed: together"),
        (
            {**ON, "github_provider_arn": f"{ARN}.example.com"},
            f"github_provider_arn: got '{ARN}.example.com'; allowed: arn:aws:iam::ACCOUNT:oidc-provider/",
        ),
    ],
)
def test_what_could_trust_somebody_else_is_refused(given: dict[str, Any], said: str) -> None:
    assert refusal({"services": SERVICES, **given}).startswith(said)


def test_two_stages_have_an_environment_each() -> None:
    declared = {"services": SERVICES, **ON, "stages": {"staging": {**STAGING, "github_provider_arn": ARN}}}

    assert "stages.staging.github_environment: got production, as production has; allowed:" in refusal(declared)


def test_two_stages_make_one_provider() -> None:
    staging = {**STAGING, "github_environment": "staging"}
    declared = {"services": SERVICES, **ON, "stages": {"staging": staging}}

    assert "stages.staging.github_provider_arn: got nothing, as production has; allowed:" in refusal(declared)
    staging["github_provider_arn"] = ARN
    assert Settings.from_context({**declared, "stage": "staging"}, declared).github_provider_arn == ARN


def test_a_stage_can_do_without() -> None:
    declared = {"services": SERVICES, **ON, "stages": {"staging": {**STAGING, "github_repository": None}}}

    assert not Settings.from_context({**declared, "stage": "staging"}, declared).has_github
