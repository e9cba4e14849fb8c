"""What the stack of the registry's settings and the repositories promise, and that nothing else changes by them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from aws_cdk import App, Stack
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from greenlight_cdk.image_lifecycle import rules

from greenlight.rehearsal.cloud.ecr.lifecycle_policy import AGE, rules_of
from stacks.governance import GovernanceStack
from stacks.registry import RegistryStack
from stacks.settings import Settings
from tests.governance_settings import GOVERNANCE, SECRET
from tests.pipeline_settings import PIPELINE
from tests.strict_settings import STRICT
from tests.synth.account import ACCOUNT, REGION, Account
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, only, properties, resources, text

STACK = "GreenlightGovernance"
DELIVERED = {**PIPELINE, "github_repository": "octocat/shop"}
SERVICES = {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}}
OURS = ["greenlight/*", "greenlight-*/*"]
CACHING = (
    "BatchCheckLayerAvailability",
    "BatchGetImage",
    "BatchImportUpstreamImage",
    "CreateRepository",
    "GetDownloadUrlForLayer",
)


@cache
def alone(kind: type[Stack], **settings: Any) -> Template:
    """The template of one stack without any other: none of these refers to another."""
    app = App()
    stack: Any = kind
    stack(app, "Stack", settings=Settings.from_context({"services": SERVICES, **settings}))
    return dict(app.synth().get_stack_by_name("Stack").template)


def governance(**settings: Any) -> Template:
    return alone(GovernanceStack, **(settings or GOVERNANCE))


def repository(**settings: Any) -> dict[str, Any]:
    return only(alone(RegistryStack, **settings), "ECR::Repository")


@pytest.mark.parametrize("flags", [{"compute": "fargate"}, STRICT], ids=["fargate", "ec2 strict"])
def test_no_other_stack_changes_by_it(synthesize: Synthesize, flags: dict[str, Any]) -> None:
    without, beside = synthesize(**flags), synthesize(**flags, **GOVERNANCE)

    assert beside.keys() - without.keys() == {STACK}
    assert {name: text(each) for name, each in without.items()} == {name: text(beside[name]) for name in without}


@pytest.mark.parametrize(("scanning", "frequency"), [("basic", "SCAN_ON_PUSH"), ("enhanced", "CONTINUOUS_SCAN")])
def test_the_registry_scans_greenlights_repositories(scanning: str, frequency: str) -> None:
    template = governance(registry_scanning=scanning)
    (rule,) = (found := only(template, "ECR::RegistryScanningConfiguration"))["Rules"]

    assert (found["ScanType"], rule["ScanFrequency"]) == (scanning.upper(), frequency)
    assert [each["Filter"] for each in rule["RepositoryFilters"]] == OURS
    kinds = [each["Type"] for each in template["Resources"].values()]
    assert [kind for kind in kinds if kind != "AWS::CDK::Metadata"] == ["AWS::ECR::RegistryScanningConfiguration"]


def test_all_repositories_are_scanned_if_that_is_wanted() -> None:
    template = governance(registry_scanning="basic", registry_scan_filters="*")

    assert filters(template, "RegistryScanningConfiguration") == ["*"]


def filters(template: Template, kind: str) -> list[str]:
    (rule,) = only(template, f"ECR::{kind}")["Rules"]
    return [each["Filter"] for each in rule["RepositoryFilters"]]


def test_images_are_signed_with_the_profile_that_the_stack_makes() -> None:
    (logical_id,) = resources(governance(), "Signer::SigningProfile")
    profile = only(governance(), "Signer::SigningProfile")
    (rule,) = only(governance(), "ECR::SigningConfiguration")["Rules"]

    assert (profile["ProfileName"], profile["PlatformId"]) == ("greenlight_images", "Notation-OCI-SHA384-ECDSA")
    assert rule["SigningProfileArn"] == {"Fn::GetAtt": [logical_id, "Arn"]}
    assert filters(governance(), "SigningConfiguration") == OURS


def test_productions_images_are_copied_to_the_regions() -> None:
    (rule,) = only(governance(), "ECR::ReplicationConfiguration")["ReplicationConfiguration"]["Rules"]

    assert [each["Region"] for each in rule["Destinations"]] == ["eu-central-1", "us-east-2"]
    assert {json.dumps(each["RegistryId"]) for each in rule["Destinations"]} == {'{"Ref": "AWS::AccountId"}'}
    assert [each["Filter"] for each in rule["RepositoryFilters"]] == ["greenlight/"]


def test_docker_hub_alone_is_asked_with_a_secret() -> None:
    found = {each["UpstreamRegistryUrl"]: each.get("CredentialArn") for each in caches()}

    assert found == {"registry-1.docker.io": SECRET, "public.ecr.aws": None}


def caches() -> list[dict[str, Any]]:
    return properties(governance(), "ECR::PullThroughCacheRule")


def test_what_is_cached_goes_after_thirty_days() -> None:
    templates = properties(governance(), "ECR::RepositoryCreationTemplate")
    policies = [rules_of(each["LifecyclePolicy"]) for each in templates]

    assert [(rule.count_type, rule.number) for (rule,) in policies] == [(AGE, 30)] * 2
    assert [each["Prefix"] for each in templates] == [each["EcrRepositoryPrefix"] for each in caches()]


def test_who_pushes_may_sign_with_that_profile_and_pull_through_the_caches(synthesize: Synthesize) -> None:
    before, after = (Account(synthesize(**DELIVERED, **more)) for more in ({}, GOVERNANCE))
    gained = reached(after) - reached(before)

    assert {each for each in gained if f":stack/{STACK}/" not in each[1]} == {
        ("signer:SignPayload", f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/greenlight_images"),
        *(
            (f"ecr:{action}", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{cache}/*")
            for action in CACHING
            for cache in ("docker-hub", "ecr-public")
        ),
    }
    holders = {each.policy.partition("Policy")[0] for each in after.reaches() if each.action == "signer:SignPayload"}
    assert len(holders) == 2


@pytest.mark.parametrize(("flags", "reads"), [({}, False), ({"signing_profile": "images"}, True)], ids=["no", "yes"])
def test_people_may_look_at_the_registry_where_it_is_governed(
    synthesize: Synthesize, flags: dict[str, Any], reads: bool
) -> None:
    template = synthesize(access=True, **flags)["GreenlightAccess"]

    assert ("ecr:GetSigningConfiguration" in text(template)) is reads


def reached(account: Account) -> set[tuple[str, str]]:
    """Each action on each resource that somebody may."""
    return {(each.action, each.resource) for each in account.reaches()}


def test_only_production_has_the_stack(synthesize: Synthesize) -> None:
    stages = json.dumps({"staging": {"vpc_cidr": "10.21.0.0/16", "services": SERVICES}})

    assert "GreenlightStagingGovernance" not in synthesize(**GOVERNANCE, stages=stages, stage="staging")


@pytest.mark.parametrize(("settings", "lifecycle"), [({}, "recent"), ({"image_lifecycle": "kind"}, "kind")])
def test_the_repositories_keep_what_the_lifecycle_says(settings: dict[str, Any], lifecycle: Any) -> None:
    written = rules_of(repository(**settings)["LifecyclePolicy"]["LifecyclePolicyText"])

    assert [(each.priority, "".join(each.patterns), each.number) for each in written] == [
        (each.priority, each.pattern, each.count or each.days) for each in rules(lifecycle, 5)
    ]


def test_other_accounts_may_pull_and_nothing_else() -> None:
    (statement,) = repository(pull_accounts="210987654321")["RepositoryPolicyText"]["Statement"]

    assert "210987654321:root" in json.dumps(statement["Principal"])
    assert (statement["Effect"], "Condition" in statement) == ("Allow", False)
    assert sorted(statement["Action"]) == [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    ]


def test_nobody_elses_account_may_pull_by_default() -> None:
    assert "RepositoryPolicyText" not in repository()


@pytest.mark.parametrize("kind", [GovernanceStack, RegistryStack])
def test_cfn_lint_finds_nothing(kind: type[Stack]) -> None:
    template = alone(kind, **GOVERNANCE, image_lifecycle="kind", pull_accounts="210987654321")
    found = lint(json.dumps(template), config=ManualArgs(regions=["us-east-1"], ignore_checks=["W3005"]))

    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("pack", [AwsSolutionsChecks, NIST80053R5Checks])
def test_every_rule_of_cdk_nag_is_passed(synthesize: Synthesize, built: Any, pack: Any) -> None:
    flags = {**GOVERNANCE, **STRICT, **DELIVERED, "pull_accounts": "210987654321"}
    synthesize(**flags)
    app = built(**flags)

    found = [
        f"{each.rule_name}: {at.construct_path}"
        for each in pack(app).validate_scope(app).violations
        for at in each.violating_resources
    ]
    assert not found, "\n".join(found)
