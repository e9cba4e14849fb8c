from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template as Assertions
from cdk_nag import AwsSolutionsChecks
from greenlight_cdk.names import PRODUCTION, Names
from greenlight_cdk.service_repository import ServiceRepository, allow_pull

from greenlight.rehearsal.cloud.ecr.wildcards import matches
from stacks.options.governance import OWN_REPOSITORIES
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, only, properties, resources


@pytest.fixture
def registry(synthesize: Synthesize) -> Template:
    return synthesize()["GreenlightRegistry"]


@pytest.fixture
def rules(registry: Template) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(
        only(registry, "ECR::Repository")["LifecyclePolicy"]["LifecyclePolicyText"]
    )["rules"]
    return sorted(listed, key=lambda rule: int(rule["rulePriority"]))


def _rule_for(rules: list[dict[str, Any]], tag: str) -> dict[str, Any]:
    """Return the first rule, in ECR's order, that selects an image with this tag."""
    patterns = [(rule, rule["selection"].get("tagPatternList", [])) for rule in rules]
    return next(rule for rule, pattern in patterns if any(tag.startswith(each.rstrip("*")) for each in pattern))


def test_an_image_is_scanned_when_it_is_pushed(registry: Template) -> None:
    assert only(registry, "ECR::Repository")["ImageScanningConfiguration"] == {"ScanOnPush": True}


def test_images_are_encrypted_with_aes_256(registry: Template) -> None:
    assert only(registry, "ECR::Repository")["EncryptionConfiguration"] == {"EncryptionType": "AES256"}


def test_only_the_marks_of_running_images_can_move(registry: Template) -> None:
    repository = only(registry, "ECR::Repository")

    assert repository["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert [
        each["ImageTagMutabilityExclusionFilterValue"] for each in repository["ImageTagMutabilityExclusionFilters"]
    ] == ["live-*"]


@pytest.fixture
def cached(synthesize: Synthesize) -> dict[str, Any]:
    """The repository of what builds keep, as a resource."""
    found = synthesize(github_repository="octocat/shop", build_cache="true")["GreenlightRegistry"]
    (cache,) = (
        each
        for each in resources(found, "ECR::Repository").values()
        if each["Properties"]["RepositoryName"] == "greenlight.cache/shop"
    )
    return cache


def test_what_builds_keep_is_in_a_repository_of_its_own_whose_tags_move(cached: dict[str, Any]) -> None:
    kept = cached["Properties"]

    assert kept["ImageTagMutability"] == "MUTABLE"
    assert kept["ImageScanningConfiguration"] == {"ScanOnPush": False}
    assert (cached["DeletionPolicy"], kept["EmptyOnDelete"]) == ("Delete", True)


def test_what_builds_keep_goes_after_two_weeks_and_what_was_replaced_after_a_day(cached: dict[str, Any]) -> None:
    rules = json.loads(cached["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]

    assert [(each["selection"]["tagStatus"], each["selection"]["countNumber"]) for each in rules] == [
        ("untagged", 1),
        ("any", 14),
    ]


@pytest.mark.parametrize("pattern", OWN_REPOSITORIES)
def test_no_rule_of_the_registry_is_about_what_builds_keep(pattern: str) -> None:
    """It would be signed, copied, or scanned for money."""
    for names in (PRODUCTION, Names("staging")):
        assert not matches(pattern, names.build_cache("shop"))
        assert not names.build_cache("shop").startswith(PRODUCTION.repositories)


def test_the_repository_outlives_its_stack(registry: Template) -> None:
    (repository,) = resources(registry, "ECR::Repository").values()

    assert (repository["DeletionPolicy"], repository["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_running_image_is_judged_before_any_other_rule(rules: list[dict[str, Any]]) -> None:
    assert rules[0]["selection"]["tagPatternList"] == ["live-*"]
    assert rules[0]["selection"]["countNumber"] == 9999


@pytest.mark.parametrize("tag", ["1.0.0", "v2", "v1.4.0", "2026.11"])
def test_the_five_most_recent_release_images_are_kept(rules: list[dict[str, Any]], tag: str) -> None:
    selection = _rule_for(rules, tag)["selection"]

    assert (selection["countType"], selection["countNumber"]) == ("imageCountMoreThan", 5)


@pytest.mark.parametrize(("tag", "days"), [("feature-login", 7), ("rc-1.4.0", 30)])
def test_passing_images_go_by_age(rules: list[dict[str, Any]], tag: str, days: int) -> None:
    selection = _rule_for(rules, tag)["selection"]

    assert (selection["countType"], selection["countNumber"], selection["countUnit"]) == (
        "sinceImagePushed",
        days,
        "days",
    )


@pytest.mark.parametrize("tag", ["feature-1.4", "rc-1.4", "live-blue"])
def test_no_other_image_counts_among_the_releases(rules: list[dict[str, Any]], tag: str) -> None:
    counting = [rule for rule in rules if rule["selection"]["countNumber"] == 5]

    assert not any(tag.startswith(rule["selection"]["tagPatternList"][0].rstrip("*")) for rule in counting)


def test_an_image_without_a_tag_goes_after_a_day(rules: list[dict[str, Any]]) -> None:
    (selection,) = [rule["selection"] for rule in rules if rule["selection"]["tagStatus"] == "untagged"]

    assert (selection["countNumber"], selection["countUnit"]) == (1, "days")


def test_every_rule_has_one_pattern_because_several_would_all_have_to_match(rules: list[dict[str, Any]]) -> None:
    assert {len(rule["selection"].get("tagPatternList", ["none"])) for rule in rules} == {1}


def test_who_may_pull_may_do_nothing_else() -> None:
    app = App()
    stack = Stack(app, "Stack")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    for service in ("shop", "report"):
        allow_pull(ServiceRepository(stack, service, name=f"greenlight/{service}", release_images_kept=5), role)

    statements = [
        statement
        for policy in properties(dict(Assertions.from_stack(stack).to_json()), "IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]

    assert sorted((json.dumps(each["Action"]), each["Resource"] == "*") for each in statements) == [
        ('"ecr:GetAuthorizationToken"', True),
        *[('["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]', False)] * 2,
    ]
    assert AwsSolutionsChecks(app).validate_scope(stack).success
