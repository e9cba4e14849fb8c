"""Who may do what in the pipeline, in tables that hold both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from greenlight_cdk.pipeline.rights import SERVICES

from tests.pipeline_settings import CONNECTION, PIPELINE
from tests.synth.account import ACCOUNT, RANDOM, REGION, Account
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, resources
from tests.synth.test_pipeline import BUILDS, NAME

USE = {("codeconnections:UseConnection", CONNECTION), ("codestar-connections:UseConnection", CONNECTION)}
BUCKET = f"arn:aws:s3:::{NAME}-DeliveryArtifactsAC79D864-{RANDOM}"
REPOSITORY = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/greenlight/shop"
STACKS = ("Network", "Data", "Edge", "Switch", "Release", "Pipeline", "Ec2Host", "Registry")
ROLES = ("deploy", "file-publishing")

Granted = set[tuple[str, str]]


@pytest.fixture
def template(synthesize: Synthesize) -> Template:
    return synthesize(**PIPELINE)[NAME]


@pytest.fixture
def account(synthesize: Synthesize) -> Account:
    return Account(synthesize(**PIPELINE))


def granted(account: Account, role: str) -> Granted:
    """Each action on each resource that a role's policies allow; the role by how its logical id begins."""
    whose = re.compile(rf"{NAME}/Delivery{role}Policy[0-9A-F]{{8}}$")
    return {(each.action, each.resource) for each in account.reaches() if whose.match(each.policy)}


def on(resource: str, service: str, *calls: str) -> Granted:
    """The calls of a service on a resource."""
    return {(f"{service}:{call}", resource) for call in calls}


def project(build: str) -> str:
    return f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/{NAME}-{build}"


def built(account: Account, build: str) -> Granted:
    """What every build may do: clone its commit, and write its own log."""
    (logs,) = (each for each in account.arns() if f"log-group:{NAME}-Delivery{build}Logs" in each)
    return (
        USE
        | on(f"{BUCKET}/*", "s3", "GetObject", "GetObjectVersion")
        | on(BUCKET, "s3", "GetBucketAcl", "GetBucketLocation")
        | on(logs.replace(":log-stream:any", ":*"), "logs", "CreateLogStream", "PutLogEvents")
    )


def reading() -> Granted:
    """What is live, and what is deployed."""
    where = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/Greenlight"
    stacks = (on(f"{where}{stack}/*", "cloudformation", "DescribeStacks", "GetTemplate") for stack in STACKS)
    return set().union(*stacks) | on(journal(), "dynamodb", "GetItem")


def journal() -> str:
    """The table, by the name that CloudFormation begins with its stack's and the logical id."""
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/GreenlightData-JournalAE8C44B2-{RANDOM}"


def planning() -> Granted:
    """Reading, and whether a version has an image, and where the traffic is."""
    looks = on("*", "elasticloadbalancing", "DescribeRules", "DescribeTargetHealth")
    return reading() | looks | on(REPOSITORY, "ecr", "BatchGetImage")


def deploying() -> Granted:
    where = f"{ACCOUNT}-{REGION}"
    return {("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-{role}-role-{where}") for role in ROLES}


def pushing() -> Granted:
    calls = ("BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "GetDownloadUrlForLayer")
    return on(REPOSITORY, "ecr", *calls, "InitiateLayerUpload", "PutImage", "UploadLayerPart") | on(
        "*", "ecr", "GetAuthorizationToken"
    )


EXTRA: Mapping[str, Callable[[], Granted]] = {
    "Check": set,
    "Image": pushing,
    "Plan": planning,
    "Release": lambda: planning() | deploying() | on(journal(), "dynamodb", "Scan"),
    "Record": lambda: reading() | on(journal(), "dynamodb", "Scan"),
}


@pytest.mark.parametrize("build", BUILDS)
def test_a_builds_role_may_do_what_the_build_is_for_and_nothing_else(account: Account, build: str) -> None:
    assert granted(account, f"{build}Role") == built(account, build) | EXTRA[build]()


@pytest.mark.parametrize("build", BUILDS)
def test_the_role_that_starts_a_build_starts_that_one(account: Account, build: str) -> None:
    assert granted(account, f"{build}Starter") == on(
        project(build), "codebuild", "BatchGetBuilds", "StartBuild", "StopBuild"
    )


def test_the_role_of_the_source_looks_and_keeps_which_commit_it_is(account: Account) -> None:
    assert granted(account, "SourceRole") == (
        USE | on(f"{BUCKET}/*", "s3", "GetObject", "PutObject") | on(BUCKET, "s3", "GetBucketVersioning")
    )


def test_the_role_of_the_approval_asks_and_no_more(account: Account) -> None:
    (topic,) = (arn for arn in account.arns() if ":sns:" in arn and NAME in arn)

    assert granted(account, "ApproveRole") == {("sns:Publish", topic)}


def test_the_pipeline_itself_takes_the_roles_of_its_actions_and_hands_on(account: Account) -> None:
    taken = {f"arn:aws:iam::{ACCOUNT}:role/{each}" for each in _role_names(account) if not _is_taken_otherwise(each)}

    assert len(taken) == len(BUILDS) + 2
    assert granted(account, "Role") == (
        {("sts:AssumeRole", arn) for arn in taken}
        | on(f"{BUCKET}/*", "s3", "GetObject", "GetObjectVersion", "PutObject")
        | on(BUCKET, "s3", "GetBucketLocation", "GetBucketVersioning")
    )


def _role_names(account: Account) -> Iterator[str]:
    yield from (f"{NAME}-{name}-{RANDOM}" for name in resources(account.stacks[NAME], "IAM::Role"))


def _is_taken_otherwise(role: str) -> bool:
    """By CodePipeline itself, or by CodeBuild."""
    return bool(re.search(rf"-Delivery({'|'.join(BUILDS)}|)Role[0-9A-F]{{8}}-", role))


def test_every_role_has_one_policy_and_every_policy_is_in_a_table(account: Account, template: Template) -> None:
    starters, roles = ([f"{each}{kind}" for each in BUILDS] for kind in ("Starter", "Role"))
    known = [*starters, *roles, "SourceRole", "ApproveRole", "Role"]

    assert all(granted(account, role) for role in known)
    assert len(resources(template, "IAM::Policy")) == len(resources(template, "IAM::Role")) == len(known)
    assert not resources(template, "IAM::ManagedPolicy")


def test_an_actions_role_is_taken_by_the_pipelines_alone(template: Template) -> None:
    (conductor,) = (name for name in resources(template, "IAM::Role") if re.match("DeliveryRole[0-9A-F]{8}$", name))
    trusted = {
        name: each["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
        for name, each in resources(template, "IAM::Role").items()
    }

    assert trusted.pop(conductor) == {"Service": "codepipeline.amazonaws.com"}
    for name, principal in trusted.items():
        is_build = any(name.startswith(f"Delivery{build}Role") for build in BUILDS)
        other = {"AWS": {"Fn::GetAtt": [conductor, "Arn"]}}
        assert principal == ({"Service": "codebuild.amazonaws.com"} if is_build else other)


HERE = {"Ref": "AWS::AccountId"}


def conditions(template: Template, role: str) -> Any:
    """Under which conditions a role is taken; the role by how its logical id begins."""
    (found,) = (
        each["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
        for name, each in resources(template, "IAM::Role").items()
        if re.match(rf"{role}[0-9A-F]{{8}}$", name)
    )
    return found["Condition"]


def arn_of(service: str, resource: str) -> Any:
    named = ["arn:", {"Ref": "AWS::Partition"}, f":{service}:", {"Ref": "AWS::Region"}, ":", HERE, f":{resource}"]
    return {"Fn::Join": ["", named]}


@pytest.mark.parametrize("build", BUILDS)
def test_a_builds_role_is_taken_for_that_project_alone(template: Template, build: str) -> None:
    assert conditions(template, f"Delivery{build}Role") == {
        "StringEquals": {"aws:SourceAccount": HERE},
        "ArnEquals": {"aws:SourceArn": arn_of("codebuild", f"project/{NAME}-{build}")},
    }


def test_the_pipelines_role_is_taken_for_no_other_pipeline_that_codepipeline_names(template: Template) -> None:
    assert conditions(template, "DeliveryRole") == {
        "StringEqualsIfExists": {"aws:SourceAccount": HERE},
        "ArnEqualsIfExists": {"aws:SourceArn": arn_of("codepipeline", NAME)},
    }


def test_the_connection_is_used_for_one_repository_and_pushed_through_by_record_alone(template: Template) -> None:
    ours = {f"{service}:FullRepositoryId": "acme/storefront" for service in SERVICES}
    no_push = {f"{service}:ProviderAction": "GitPush" for service in SERVICES}
    uses = {
        name: statement["Condition"]
        for name, each in resources(template, "IAM::Policy").items()
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
        if statement.get("Sid") == "UseConnection"
    }

    assert len(uses) == len(BUILDS) + 1
    assert all(each["StringEqualsIfExists"] == ours for each in uses.values())
    pushes = {name for name, each in uses.items() if each.get("StringNotEqualsIfExists") != no_push}
    assert [re.sub(r"Policy[0-9A-F]{8}$", "", name) for name in pushes] == ["DeliveryRecordRole"]


def test_eventbridge_publishes_for_the_pipelines_two_rules_alone(template: Template) -> None:
    (policy,) = (each["Properties"]["PolicyDocument"] for each in resources(template, "SNS::TopicPolicy").values())
    let_in = [each for each in policy["Statement"] if each["Effect"] == "Allow"]

    assert all(each["Principal"] == {"Service": "events.amazonaws.com"} for each in let_in)
    assert all(each["Condition"]["StringEquals"] == {"aws:SourceAccount": HERE} for each in let_in)
    rules = [each["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::GetAtt"] for each in let_in]
    assert sorted(rules) == sorted([name, "Arn"] for name in resources(template, "Events::Rule"))
