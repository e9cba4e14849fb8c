"""Who may take GitHub's roles, and what a plan may not do, where IAM decides. Tokens are believed unsigned here."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from aws_cdk import App
from botocore.config import Config
from botocore.exceptions import ClientError
from greenlight_cdk.delivery_rights import DUTIES

from greenlight.rehearsal.account import ACCOUNT, REGION
from stacks.data import DataStack
from stacks.github_access import GithubAccessStack
from stacks.settings import Settings
from tests.rehearsal.local_cloud import LocalCloud, started
from tests.rehearsal.real_stacks import RealStacks

pytestmark = pytest.mark.rehearsal
ISSUER = "token.actions.githubusercontent.com"
OLD, NEW = "octocat/shop", "octocat@583231/shop@1296269"
NUMBERS = {"github_owner_id": 583231, "github_repository_id": 1296269}
FORMS: Mapping[str, Mapping[str, int]] = {OLD: {}, NEW: NUMBERS}
RIGHT = [
    ("Push", "ref:refs/heads/main"),
    ("Plan", "pull_request"),
    ("Plan", "ref:refs/heads/main"),
    ("Release", "environment:production"),
]
CONTEXTS = [
    "ref:refs/heads/main",
    "ref:refs/heads/main2",
    "ref:refs/heads/feature",
    "ref:refs/tags/main",
    "pull_request",
    "environment:production",
    "environment:Production",
    "environment:staging",
    "*",
]
WRONG = [(duty, context) for duty in DUTIES for context in CONTEXTS if (duty, context) not in RIGHT]
DEPLOY = f"cdk-hnb659fds-deploy-role-{ACCOUNT}-{REGION}"


class Town:
    """The stack as it is deployed, for a repository whose subjects begin so."""

    def __init__(self, cloud: LocalCloud, name: str, outputs: Mapping[str, str]) -> None:
        self.cloud, self.name, self.outputs = cloud, name, outputs

    def take(self, duty: str, subject: str, ref: str = "refs/heads/main", **claims: str) -> Mapping[str, str]:
        """A role's credentials, for a token of this subject, of a job on this ref. Raises ClientError.

        botocore signs no such call, and the local cloud answers nobody who does not sign.
        """
        claimed = {"iss": f"https://{ISSUER}", "aud": "sts.amazonaws.com", "sub": subject, "ref": ref, **claims}
        sts = self.cloud.client("sts")
        sts.meta.events.register_first("choose-signer.sts.AssumeRoleWithWebIdentity", lambda **_: "v4")
        given = sts.assume_role_with_web_identity(
            RoleArn=self.outputs[f"{duty}RoleArn"], RoleSessionName="job", WebIdentityToken=token(claimed)
        )["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    def client(self, service: str, duty: str, context: str) -> Any:
        credentials: Any = self.take(duty, f"repo:{self.name}:{context}")
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.cloud.endpoint,
            region_name=REGION,
            config=Config(retries={"max_attempts": 0}),
            **credentials,
        )


def token(claims: Mapping[str, str]) -> str:
    parts = ({"alg": "none"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, "unsigned"])


def build(app: App, settings: Settings) -> None:
    data = DataStack(app, "GreenlightData", settings=settings)
    GithubAccessStack(app, "GreenlightGithub", settings=settings, data=data)


@pytest.fixture(scope="module", params=FORMS)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "cloudformation") as cloud:
        stacks = RealStacks(cloud, build)
        settings: dict[str, Any] = {"github_repository": "octocat/shop", **FORMS[request.param]}
        ended = [stacks.deploy(name, **settings) for name in ("GreenlightData", "GreenlightGithub")]
        assert ended == ["CREATE_COMPLETE", "CREATE_COMPLETE"], stacks.reasons("GreenlightGithub")
        (stack,) = cloud.client("cloudformation").describe_stacks(StackName="GreenlightGithub")["Stacks"]
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
        document = {"Version": "2012-10-17", "Statement": [trust]}
        cloud.client("iam").create_role(RoleName=DEPLOY, AssumeRolePolicyDocument=json.dumps(document))
        yield Town(cloud, request.param, {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]})


@pytest.mark.parametrize(("duty", "context"), RIGHT)
def test_a_job_that_a_role_is_for_takes_it(town: Town, duty: str, context: str) -> None:
    assert town.take(duty, f"repo:{town.name}:{context}")


@pytest.mark.parametrize(("duty", "context"), WRONG)
def test_a_job_of_another_branch_environment_or_event_is_refused(town: Town, duty: str, context: str) -> None:
    refused(town, duty, f"repo:{town.name}:{context}")


@pytest.mark.parametrize(("duty", "context"), RIGHT)
@pytest.mark.parametrize(
    "other",
    [
        "octocat/shop2",
        "octocats/shop",
        "octocat@1/shop@1296269",
        "octocat@583231/shop@1",
        "octocat-583231/shop-1296269",
    ],
)
def test_a_job_of_another_repository_is_refused(town: Town, duty: str, context: str, other: str) -> None:
    refused(town, duty, f"repo:{other}:{context}")


@pytest.mark.parametrize(("duty", "context"), RIGHT)
def test_a_subject_of_the_other_form_is_refused(town: Town, duty: str, context: str) -> None:
    (other,) = FORMS.keys() - {town.name}

    refused(town, duty, f"repo:{other}:{context}")


@pytest.mark.parametrize("ref", ["refs/heads/feature", "refs/heads/main2", "refs/tags/main", "refs/pull/7/merge", ""])
def test_a_release_from_another_branch_is_refused_though_its_environment_is_right(town: Town, ref: str) -> None:
    refused(town, "Release", f"repo:{town.name}:environment:production", ref=ref)


def test_a_plan_of_a_pull_request_is_on_no_branch_of_ours(town: Town) -> None:
    assert town.take("Plan", f"repo:{town.name}:pull_request", ref="refs/pull/7/merge")


@pytest.mark.parametrize("claim", [{"aud": "https://github.com/octocat"}, {"iss": "https://token.example.com"}])
def test_a_token_for_somebody_else_or_of_somebody_else_is_refused(town: Town, claim: dict[str, str]) -> None:
    refused(town, "Release", f"repo:{town.name}:environment:production", **claim)


def test_a_release_takes_the_role_that_deploys_and_neither_a_plan_nor_a_push_does(town: Town) -> None:
    taken = {}
    for duty, context in RIGHT:
        try:
            sts = town.client("sts", duty, context)
            sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{DEPLOY}", RoleSessionName="deploy")
            taken[duty] = "taken"
        except ClientError as error:
            taken[duty] = error.response["Error"]["Code"]

    assert taken == {"Push": "AccessDenied", "Plan": "AccessDenied", "Release": "taken"}


def test_an_account_has_one_provider_of_an_address(town: Town) -> None:
    stacks = RealStacks(town.cloud, build)
    second = {"Resources": {"Own": {"Type": "AWS::IAM::OIDCProvider", "Properties": {"Url": f"https://{ISSUER}"}}}}

    assert stacks.submit("Second", second) == "ROLLBACK_COMPLETE"
    assert f"Provider with url https://{ISSUER} already exists." in " ".join(stacks.reasons("Second"))


def refused(town: Town, duty: str, subject: str, **claims: str) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        town.take(duty, subject, **claims)
