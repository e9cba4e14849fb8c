"""What the stack of GitHub's roles promises: who is trusted, word for word, and what each may do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import App
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks
from greenlight_cdk.delivery_rights import DUTIES

from greenlight.bootstrap.policy import MOST_CHARACTERS, size
from tests.strict_settings import STRICT
from tests.synth.account import ACCOUNT, REGION, Account
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, only, resources, text
from tests.synth.test_stages import STAGING, crossing

STACK = "GreenlightGithub"
ISSUER = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"
ON: Mapping[str, Any] = {"github_repository": "octocat/shop"}
IDS: Mapping[str, Any] = {**ON, "github_owner_id": 583231, "github_repository_id": 1296269}
OWN = {**STAGING, **ON, "github_environment": "staging", "github_provider_arn": PROVIDER}
STAGES = json.dumps({"staging": OWN})
KINDS = ("Network", "Registry", "Data", "Edge", "Ec2Host", "Switch", "Release", "Github")
LOOKS = {
    ("elasticloadbalancing:DescribeRules", "*"),
    ("elasticloadbalancing:DescribeTargetHealth", "*"),
    ("ecr:BatchGetImage", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/greenlight/shop"),
    *(
        (f"cloudformation:{action}", f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/Greenlight{kind}/*")
        for action in ("DescribeStacks", "GetTemplate")
        for kind in KINDS
    ),
}
PUSHES = {
    ("ecr:GetAuthorizationToken", "*"),
    *(
        (f"ecr:{action}", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/greenlight/shop")
        for action in (
            "BatchCheckLayerAvailability",
            "BatchGetImage",
            "CompleteLayerUpload",
            "GetDownloadUrlForLayer",
            "InitiateLayerUpload",
            "PutImage",
            "UploadLayerPart",
        )
    ),
}
DEPLOYS = {
    ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-{role}-role-{ACCOUNT}-{REGION}")
    for role in ("deploy", "file-publishing")
}


def roles(template: Template) -> dict[str, dict[str, Any]]:
    found = resources(template, "IAM::Role")
    return {re.sub(r"Role[0-9A-F]{8}$", "", name): each["Properties"] for name, each in found.items()}


def trusted(template: Template, duty: str) -> Any:
    (statement,) = roles(template)[duty]["AssumeRolePolicyDocument"]["Statement"]
    return statement


def reached(account: Account, duty: str) -> set[tuple[str, str]]:
    """Each action on each resource that a duty's policy allows, as CloudFormation would fill it in."""
    return {(each.action, each.resource) for each in account.reaches() if f"{STACK}/{duty}" in each.policy}


@pytest.mark.parametrize(
    ("flags", "name"), [(ON, "octocat/shop"), (IDS, "octocat@583231/shop@1296269")], ids=["old", "new"]
)
@pytest.mark.parametrize(
    ("duty", "contexts"),
    [
        ("Push", ["ref:refs/heads/main"]),
        ("Plan", ["pull_request", "ref:refs/heads/main"]),
        ("Release", ["environment:production"]),
    ],
)
def test_a_role_trusts_its_subjects_and_audience_word_for_word(
    synthesize: Synthesize, flags: Mapping[str, Any], name: str, duty: str, contexts: list[str]
) -> None:
    subjects = [f"repo:{name}:{context}" for context in contexts]
    found = trusted(synthesize(**flags, github_provider_arn=PROVIDER)[STACK], duty)

    assert found == {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": PROVIDER},
        "Condition": {
            "StringEquals": {
                f"{ISSUER}:aud": "sts.amazonaws.com",
                f"{ISSUER}:sub": subjects[0] if len(subjects) == 1 else subjects,
                **({f"{ISSUER}:ref": "refs/heads/main"} if duty == "Release" else {}),
            }
        },
    }


def test_branch_and_environment_are_those_of_the_settings(synthesize: Synthesize) -> None:
    template = synthesize(**ON, github_branch="trunk", github_environment="live")[STACK]

    asked = {duty: trusted(template, duty)["Condition"]["StringEquals"][f"{ISSUER}:sub"] for duty in DUTIES}
    assert (asked["Push"], asked["Release"]) == (
        "repo:octocat/shop:ref:refs/heads/trunk",
        "repo:octocat/shop:environment:live",
    )
    assert trusted(template, "Release")["Condition"]["StringEquals"][f"{ISSUER}:ref"] == "refs/heads/trunk"


def test_the_provider_is_made_once_or_taken_as_it_is(synthesize: Synthesize) -> None:
    own = synthesize(**ON)[STACK]
    (logical_id,) = resources(own, "IAM::OIDCProvider")

    assert only(own, "IAM::OIDCProvider") == {"Url": f"https://{ISSUER}", "ClientIdList": ["sts.amazonaws.com"]}
    assert trusted(own, "Push")["Principal"] == {"Federated": {"Ref": logical_id}}
    assert not resources(synthesize(**ON, github_provider_arn=PROVIDER)[STACK], "IAM::OIDCProvider")


@pytest.mark.parametrize("duty", DUTIES)
def test_each_role_may_do_what_its_duty_needs_and_nothing_else(synthesize: Synthesize, duty: str) -> None:
    account = Account(synthesize(**ON))
    (journal,) = (arn for arn in account.arns() if ":table/GreenlightData-Journal" in arn)
    looks = {*LOOKS, ("dynamodb:GetItem", journal), ("dynamodb:Scan", journal)}
    allowed = {"Push": PUSHES, "Plan": looks, "Release": looks | DEPLOYS}

    assert reached(account, duty) == allowed[duty]


def test_what_is_built_is_kept_where_nothing_that_runs_is(synthesize: Synthesize) -> None:
    account = Account(synthesize(**ON, build_cache="true"))
    cache = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/greenlight.cache/shop"

    kept = {(action, cache) for action, resource in PUSHES if resource != "*"}
    assert reached(account, "Push") == PUSHES | kept
    assert not [each for duty in ("Plan", "Release") for each in reached(account, duty) if each[1] == cache]


def test_a_release_may_take_two_hours_and_nothing_else_more_than_one(synthesize: Synthesize) -> None:
    found = {duty: role.get("MaxSessionDuration") for duty, role in roles(synthesize(**ON)[STACK]).items()}

    assert found == {"Push": None, "Plan": None, "Release": 7200}


@pytest.mark.parametrize("compute", ["ec2", "fargate"])
def test_the_stack_changes_nothing_of_the_others(synthesize: Synthesize, compute: str) -> None:
    without, beside = synthesize(compute=compute), synthesize(compute=compute, **ON)

    assert beside.keys() - without.keys() == {STACK}
    assert {name: text(template) for name, template in without.items()} == {
        name: text(beside[name]) for name in without
    }


def test_policies_are_as_short_as_iam_takes_them(synthesize: Synthesize) -> None:
    account = Account(synthesize(**ON))
    policies = resources(account.stacks[STACK], "IAM::ManagedPolicy").values()
    lengths = [size(account.resolved(STACK, each["Properties"]["PolicyDocument"]["Statement"])) for each in policies]

    assert 0 < max(lengths) <= MOST_CHARACTERS


def test_no_role_of_one_stage_reaches_the_other(synthesize: Synthesize) -> None:
    flags = {**ON, "stages": STAGES}
    production, staging = Account(synthesize(**flags)), Account(synthesize(**flags, stage="staging"))

    for own, other in ((production, staging), (staging, production)):
        assert not [(reach, arn) for reach, arn in crossing(own, other) if "Github" in reach.policy]


def test_no_environment_of_one_stage_releases_to_the_other(synthesize: Synthesize) -> None:
    flags = {**ON, "stages": STAGES}
    stacks = (synthesize(**flags)[STACK], synthesize(**flags, stage="staging")["GreenlightStagingGithub"])

    assert [trusted(each, "Release")["Condition"]["StringEquals"][f"{ISSUER}:sub"] for each in stacks] == [
        "repo:octocat/shop:environment:production",
        "repo:octocat/shop:environment:staging",
    ]


@pytest.mark.parametrize("stage", ["", "staging"])
def test_the_stack_passes_every_rule_of_cdk_nag(synthesize: Synthesize, built: Any, stage: str) -> None:
    flags = {**ON, "build_cache": "true", "stages": STAGES, **({"stage": stage} if stage else {})}
    synthesize(**flags)

    assert not violations(built(**flags), AwsSolutionsChecks)


@pytest.mark.parametrize("pack", [AwsSolutionsChecks, NIST80053R5Checks])
def test_the_stack_passes_every_rule_of_cdk_nag_with_strict(synthesize: Synthesize, built: Any, pack: Any) -> None:
    synthesize(**ON, **STRICT, build_cache="true")

    assert not violations(built(**ON, **STRICT, build_cache="true"), pack)


def violations(app: App, pack: Any) -> list[str]:
    return [each.rule_name for each in pack(app).validate_scope(app).violations]
