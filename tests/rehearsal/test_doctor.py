"""The doctor in a rehearsal that is left running: it finds every planted problem, and nothing in a sound system."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.model import OperationModel
from rich.console import Console

from greenlight.cdk import BIN
from greenlight.commands.doctor import examination
from greenlight.doctor.certificate import unencrypted
from greenlight.doctor.finding import Examined, Finding, Status
from greenlight.doctor.ports.aws import Aws
from greenlight.project import CHECKOUT, Project
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.versions import Cast
from tests.pipeline_settings import CONNECTION, PIPELINE
from tests.rehearsal.plants.account import expired_session
from tests.rehearsal.plants.front_door import DOMAIN, HERE
from tests.rehearsal.plants.ground import Ground
from tests.rehearsal.plants.problems import PROBLEMS, Problem

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(300)]

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
PREFIXES = {"monitoring": "cloudwatch"}
"""Names that requests are signed with, where IAM has others."""
ACTIONS = {"HeadBucket": "s3:ListBucket"}
"""Operations that are allowed by an action of another name (S3 API reference, HeadBucket)."""
METHOD = "_make_request"
"""Through which every request of every client goes."""
RARE = {
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "ec2:DescribeAvailabilityZones",
    "servicequotas:GetAWSDefaultServiceQuota",
}
"""Asked only with `security: strict`, where no zone has a default subnet, and where an account has no own value."""
POLICY = CHECKOUT / "docs" / "doctor-policy.json"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    place = Place(tmp_path_factory.mktemp("rehearsal"))
    order = Order(compute="ec2", acts=[], cast=Cast("1.0.0", "2.0.0"), load=Load(200, 50), place=place)
    with Progress(Console(quiet=True)) as progress, opened(order, progress):
        yield Ground(place.project.folder, place.hosts)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The actions that every client asks AWS for, from now on."""
    actions: set[str] = set()

    def note(client: Any, operation: OperationModel, *rest: Any) -> Any:
        prefix = PREFIXES.get(operation.service_model.signing_name, operation.service_model.signing_name)
        actions.add(ACTIONS.get(operation.name, f"{prefix}:{operation.name}"))
        return send(client, operation, *rest)

    send = getattr(BaseClient, METHOD)
    monkeypatch.setattr(BaseClient, METHOD, note)
    return actions


@cache
def clients(*_credentials: str | None) -> Aws:
    """The clients for some credentials: making them takes longer than what they are asked."""
    return Aws(boto3.Session())


def found(ground: Ground) -> Mapping[str, Sequence[Finding]]:
    """What the doctor finds that is not well, by check; with a default session of its own, of these credentials."""
    aws = clients(*map(os.environ.get, (*CREDENTIALS, "AWS_REGION")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        return not_well(examination(Project(ground.folder), aws=aws))


def not_well(examined: Sequence[Examined]) -> Mapping[str, Sequence[Finding]]:
    """A rehearsal of the usual settings has no certificate, and says so: that is not looked for here."""
    findings = {
        each.check: [one for one in each.findings if one.status is not Status.OK and one != unencrypted()]
        for each in examined
    }
    return {check: bad for check, bad in findings.items() if bad}


def test_without_a_certificate_it_says_what_plain_http_gives_away(ground: Ground) -> None:
    told = {each.check: each.findings for each in examination(Project(ground.folder))}

    assert told["certificate"] == (unencrypted(),)
    assert "anybody on the way can read" in unencrypted().said


def test_in_a_sound_system_it_finds_nothing(ground: Ground) -> None:
    assert found(ground) == {}


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_it_finds_what_was_planted_and_nothing_else(ground: Ground, problem: Problem) -> None:
    with problem.plant(ground):
        bad = found(ground)

    told = {check: " ".join(f"{one.said} {one.repair}" for one in findings) for check, findings in bad.items()}
    assert sorted(told) == sorted(problem.said), told
    assert all(words in told[check] for check, words in problem.said.items()), told
    assert all(one.repair for findings in bad.values() for one in findings)
    assert any(one.status is Status.PROBLEM for findings in bad.values() for one in findings) is problem.fails


def test_after_all_that_the_system_is_sound_again(ground: Ground) -> None:
    assert found(ground) == {}


def test_its_policy_is_enough_and_no_more_than_it_asks(ground: Ground, asked: set[str]) -> None:
    with user_with(POLICY.read_text()) as credentials, ground.environment(**credentials):
        asked.clear()
        assert found(ground) == {}
        with ground.settings(ami_id="ami-0123456789abcdef0", certificate_arn=HERE, domain_name=DOMAIN):
            assert list(found(ground)) == ["certificate"]
        with ground.settings(registry_scanning="basic", signing_profile="images", replication_regions=["eu-west-1"]):
            assert found(ground) == {}
        for connection in (CONNECTION, CONNECTION.replace(":codeconnections:", ":codestar-connections:")):
            pipeline: dict[str, Any] = {**PIPELINE, "pipeline_connection_arn": connection}
            with ground.settings(**pipeline):
                assert found(ground) == {}
        made = set(asked)

    assert made | RARE == allowed() | {"sts:GetCallerIdentity"}


def test_a_missing_permission_is_named_and_hides_nothing_else(ground: Ground) -> None:
    without = POLICY.read_text().replace('"cloudwatch:DescribeAlarms",', "").replace('"iam:GetRole"', '"iam:ListRoles"')
    with user_with(without) as credentials, ground.environment(**credentials):
        bad = found(ground)

    assert {check: one.said for check, (one,) in bad.items()} == {
        "alarms": "not checked: your credentials do not allow cloudwatch:DescribeAlarms",
        "service-linked roles": "not checked: your credentials do not allow iam:GetRole",
    }
    assert {one.status for (one,) in bad.values()} == {Status.WARNING}


@pytest.mark.parametrize(("version", "code", "verdict"), [("1.0.0", 0, "pass"), ("9.9.9", 1, "fail")])
def test_whoever_sources_the_file_of_a_kept_rehearsal_can_ask_it(
    ground: Ground, version: str, code: int, verdict: str
) -> None:
    with ground.settings(shop={"green_version": version}):
        ended = typed(ground, "greenlight doctor --json")

    assert (ended.returncode, json.loads(ended.stdout)["verdict"]) == (code, verdict), ended.stderr
    assert ended.stderr == ""


def test_expired_credentials_are_one_line_and_no_traceback(ground: Ground) -> None:
    with expired_session(ground):
        lent = " ".join(f"{name}={os.environ[name]}" for name in CREDENTIALS)
        ended = typed(ground, f"export {lent}; greenlight doctor; greenlight status")

    (wrong,) = [line for line in ended.stdout.splitlines() if line.startswith("✗")]
    assert "your AWS credentials have expired: sign in again" in wrong
    assert ended.stderr.splitlines()[-1].startswith("greenlight: your AWS credentials have expired: sign in again")
    assert "Traceback" not in ended.stderr


def test_ctrl_c_ends_it_at_once(ground: Ground) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [str(BIN / "greenlight"), "doctor"]
        environment = {**os.environ, "AWS_ENDPOINT_URL": endpoint}
        process = subprocess.Popen(command, cwd=ground.folder, env=environment, stderr=subprocess.PIPE, text=True)
        asked, _ = silent.accept()
        with asked:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=5)

    assert process.returncode == 130
    assert said.splitlines()[-1] == "greenlight: interrupted; nothing is left running"


def typed(ground: Ground, line: str) -> subprocess.CompletedProcess[str]:
    """Type a line in a shell that knows nothing but the rehearsal's file."""
    bare = {"HOME": str(ground.folder), "PATH": os.defpath}
    command = ["sh", "-c", f". ./activate; {line}"]
    return subprocess.run(command, cwd=ground.folder, env=bare, capture_output=True, text=True, check=False)


@contextmanager
def user_with(policy: str) -> Iterator[Mapping[str, str]]:
    """A user who may do what a policy says; yields the variables of its credentials."""
    iam = boto3.client("iam")
    iam.create_user(UserName="doctor")
    iam.put_user_policy(UserName="doctor", PolicyName="own", PolicyDocument=policy)
    key = iam.create_access_key(UserName="doctor")["AccessKey"]
    try:
        yield {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    finally:
        iam.delete_access_key(UserName="doctor", AccessKeyId=key["AccessKeyId"])
        iam.delete_user_policy(UserName="doctor", PolicyName="own")
        iam.delete_user(UserName="doctor")


def allowed() -> set[str]:
    """Every action of the policy."""
    actions = (statement["Action"] for statement in json.loads(POLICY.read_text())["Statement"])
    return {action for each in actions for action in ([each] if isinstance(each, str) else each)}
