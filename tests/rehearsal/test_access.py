"""The sentences of docs/access.md, with the people's own roles in a rehearsal where IAM decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import boto3
import pytest
from botocore.exceptions import ClientError
from greenlight_cdk.names import PRODUCTION
from greenlight_cdk.people_rights import EVERYWHERE, PEOPLE, RIGHTS, Person, viewer
from traffic_switch.contract import Color
from traffic_switch.model import Weights

from greenlight.errors import ReleaseError
from greenlight.rehearsal.account import ACCOUNT, REGION
from tests.rehearsal.people import DEEDS, DeniedError
from tests.rehearsal.town import APPROVES, SENTENCES, TRIED, Town, Work, settled, work

pytestmark = [pytest.mark.rehearsal, pytest.mark.long, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with settled(tmp_path_factory.mktemp("rehearsal")) as town:
        yield town


def test_the_page_and_the_deeds_name_each_other() -> None:
    assert {words for words, _, _ in SENTENCES} == {*DEEDS, APPROVES}


@pytest.mark.parametrize(("words", "person", "may"), [each for each in TRIED if each[2]])
def test_what_somebody_may_do_works(town: Town, words: str, person: Person, may: bool) -> None:
    town.does(person, words)


@pytest.mark.parametrize(("words", "person", "may"), [each for each in TRIED if not each[2]])
def test_what_somebody_may_not_do_is_denied(town: Town, words: str, person: Person, may: bool) -> None:
    with pytest.raises(DeniedError, match=r"not authorized|AccessDenied|denied"):
        town.does(person, words)


@pytest.mark.parametrize(("person", "may"), [(each[1], each[2]) for each in SENTENCES if each[0] == APPROVES])
def test_an_approver_alone_may_answer_the_pipelines_approval(town: Town, person: Person, may: bool) -> None:
    """The town has no pipeline that waits for an answer: IAM is asked what it would decide."""
    pipeline = f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{PRODUCTION.pipeline}"
    asked = {"codepipeline:GetPipelineState": pipeline, "codepipeline:PutApprovalResult": f"{pipeline}/Prod/Approve"}

    assert {decided(town.roles[person], *each) for each in asked.items()} == {"allowed" if may else "implicitDeny"}
    assert decided(town.roles[person], "codepipeline:PutApprovalResult", f"{pipeline}s/Prod/Approve") != "allowed"


def decided(role: str, action: str, resource: str) -> str:
    """What IAM would decide of a call of a role."""
    asked = {"PolicySourceArn": role, "ActionNames": [action], "ResourceArns": [resource]}
    found = boto3.client("iam").simulate_principal_policy(**asked)["EvaluationResults"]
    return str(found[0]["EvalDecision"])


RARE = {
    "acm:DescribeCertificate",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "codeconnections:GetConnection",
    "codestar-connections:GetConnection",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeImages",
    "ecr:DescribeRegistry",
    "ecr:GetRegistryScanningConfiguration",
    "ecr:GetSigningConfiguration",
    "servicequotas:GetAWSDefaultServiceQuota",
}
"""Asked only with a certificate, with `security: strict`, where no zone has a default subnet, with a machine image of
one's own, with settings of the whole registry, with a pipeline, and where an account has no value of its own:
tests/rehearsal/test_doctor.py."""
PATH = "role/aws-service-role/"
"""The local cloud names a role without its path, as AWS does one that is not there."""
UNTRIED = {"FindApproval", "Approve"}
"""Nothing waits for an answer here: the evaluation of these is tested by itself."""
OWN = [
    (person, each.sid, action)
    for person in PEOPLE
    for each in RIGHTS[person](EVERYWHERE)
    if (person == "Viewer" or each not in viewer(EVERYWHERE)) and each.sid not in {*UNTRIED, "Deploy"}
    for action in each.actions
    if action not in RARE
]
"""Every permission of a viewer, and what each other person has besides."""


@pytest.fixture(scope="module")
def asked(town: Town) -> Mapping[Person, Mapping[str, set[str]]]:
    return {person: town.asked_for(person) for person in ("Viewer", "Breaker")}


@pytest.mark.parametrize(("person", "sid", "action"), OWN)
def test_each_permission_is_needed(
    town: Town, asked: Mapping[Person, Mapping[str, set[str]]], person: Person, sid: str, action: str
) -> None:
    deeds = [words for words, actions in asked[person].items() if action in actions]
    for resource in (each for each in town.resources(person, sid) if PATH not in each):
        missed = any(misses(town, person, words, (action, resource)) for words in deeds)
        assert missed, f"nobody misses {action} on {resource}"


def misses(town: Town, person: Person, words: str, without: tuple[str, str]) -> bool:
    """Whether a deed fails without a permission."""
    try:
        town.does(person, words, without)
    except (DeniedError, ReleaseError, ClientError):
        return True
    return False


@pytest.fixture(scope="module")
def day(town: Town) -> Work:
    return work(town)


def test_a_releaser_misses_each_of_the_bootstraps_roles(day: Work) -> None:
    assert [bool(outcome.code) for outcome in day.without] == [True, True]


def test_a_releaser_releases(day: Work) -> None:
    assert day.released.code == 0, day.released.output
    assert day.live
    assert (day.live.color, day.live.version) == (Color.GREEN, "2.0.0")


def test_a_breaker_aborts_a_release(day: Work) -> None:
    assert "will take itself back at its next look" in day.abort
    assert "drill" in " ".join(day.aborted.output.split())
    assert day.kept == day.live


def test_a_breaker_repairs_the_rule(day: Work) -> None:
    assert "shop is repaired" in day.repaired, day.repaired
    assert day.weights == Weights(0, 100)
