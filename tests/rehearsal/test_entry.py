"""Who is let into the local cloud: an attacker's tries, as a web page, another user or a service could make them."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.acts.intruder import wording
from greenlight.rehearsal.acts.intruder.tries import Prey
from greenlight.rehearsal.keys import TOKEN_HEADER
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

LAUNCH = b"Action=RunInstances&Version=2016-11-15&MinCount=1&MaxCount=1&ImageId=ami-1&UserData=IyEvYmluL3No"
KEY_IN_ADDRESS = (
    "AWSAccessKeyId={key}",
    "AWSAccessKeyId={key}&Signature=x&SignatureVersion=2",
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0"
    "&X-Amz-Credential={key}%2F20260101%2Fus-east-1%2Fec2%2Faws4_request",
)
"""Where a form can name who sends it: it cannot set the header Authorization."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("entry"), "iam", "ec2", "elbv2", "ecr") as cloud:
        yield cloud


def port_of(cloud: LocalCloud) -> int:
    return int(cloud.endpoint.rpartition(":")[2])


def send(
    cloud: LocalCloud, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port_of(cloud), timeout=5)
    with closing(connection):
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()


def instances(cloud: LocalCloud) -> list[Any]:
    found: list[Any] = cloud.client("ec2").describe_instances()["Reservations"]
    return found


def caller(cloud: LocalCloud, access_key: str, secret: str, token: str | None = None) -> Any:
    return boto3.client(
        "sts",
        endpoint_url=cloud.endpoint,
        region_name=REGION,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"max_attempts": 0}),
    )


def test_a_form_that_a_page_sends_starts_no_instance(cloud: LocalCloud) -> None:
    status, _ = send(cloud, "POST", "/", LAUNCH, {**FORM, "Origin": "https://evil.example"})

    assert (status, instances(cloud)) == (403, [])


def test_a_form_without_a_signature_starts_no_instance(cloud: LocalCloud) -> None:
    status, said = send(cloud, "POST", "/", LAUNCH, FORM)

    assert (status, instances(cloud)) == (403, [])
    assert b"Missing Authentication Token" in said


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {}])
@pytest.mark.parametrize("query", KEY_IN_ADDRESS)
@pytest.mark.parametrize("is_own", [False, True])
def test_a_form_with_a_key_in_its_address_starts_no_instance(
    cloud: LocalCloud, query: str, headers: dict[str, str], is_own: bool
) -> None:
    address = "/?" + query.format(key=cloud.keys.access_key if is_own else "test")

    status, _ = send(cloud, "POST", address, LAUNCH, {**FORM, **headers})

    assert (status, instances(cloud)) == (403, [])


@pytest.mark.parametrize("secret", ["", "wrong"])
@pytest.mark.parametrize("access_key", ["test", "000000000000", "the run's own"])
def test_nobody_is_root_and_every_signature_is_checked(cloud: LocalCloud, access_key: str, secret: str) -> None:
    key = cloud.keys.access_key if access_key == "the run's own" else access_key

    with pytest.raises(ClientError) as refused:
        caller(cloud, key, secret or "test").get_caller_identity()

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_the_operator_is_a_user_of_iam(cloud: LocalCloud) -> None:
    found = caller(cloud, cloud.keys.access_key, cloud.keys.secret_key).get_caller_identity()

    assert found["Arn"] == "arn:aws:iam::000000000000:user/operator"


@pytest.mark.parametrize("name", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1"])
def test_a_name_that_was_bound_to_this_machine_is_not_answered(cloud: LocalCloud, name: str) -> None:
    headers = {"Host": name, TOKEN_HEADER: cloud.keys.token}

    assert send(cloud, "GET", "/_greenlight/ready", headers=headers)[0] == 403


@pytest.mark.parametrize("header", ["Origin", "Sec-Fetch-Site"])
def test_a_page_is_not_answered_even_with_the_token(cloud: LocalCloud, header: str) -> None:
    headers = {header: "null", TOKEN_HEADER: cloud.keys.token}

    assert send(cloud, "GET", "/_greenlight/ready", headers=headers)[0] == 403


@pytest.mark.parametrize("name", ["routes", "edge", "containers", "messages", "ready", "silences"])
def test_the_control_endpoints_ask_for_the_token(cloud: LocalCloud, name: str) -> None:
    assert send(cloud, "GET", f"/_greenlight/{name}")[0] == 403


def test_docker_is_for_its_hosts_scripts_alone(cloud: LocalCloud) -> None:
    command = {"host": "i-0123456789abcdef0", "arguments": ["ps"]}

    for tried in (command, {**command, "key": ""}, {**command, "key": "-"}, {**command, "key": cloud.keys.token}):
        assert send(cloud, "POST", "/_greenlight/docker", json.dumps(tried).encode())[0] == 403


@pytest.mark.parametrize(
    "path", ["/_ministack/reset", "/_ministack/health", "/_ministack/config", "/_localstack/health"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_librarys_own_pages_are_closed(cloud: LocalCloud, method: str, path: str) -> None:
    assert send(cloud, method, path)[0] == 403


def test_a_layer_is_for_whoever_was_given_its_address(cloud: LocalCloud) -> None:
    assert send(cloud, "GET", "/_greenlight/layer?digest=sha256:0&signature=0")[0] == 403


def test_a_websocket_is_closed_at_once(cloud: LocalCloud) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "eA==",
    }

    assert send(cloud, "GET", "/", headers=upgrade)[0] == 403


@pytest.fixture(scope="module")
def guest(cloud: LocalCloud) -> tuple[str, str, str]:
    """The key of a user who may do nothing."""
    iam = cloud.client("iam")
    iam.create_user(UserName="guest")
    key = iam.create_access_key(UserName="guest")["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"], ""


def prey(cloud: LocalCloud) -> Prey:
    rule = "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/a/1/2/3"
    return Prey(port_of(cloud), rule, [], "arn:machine", "journal", "arn:topic", "/script", ("Shift",), ())


def test_a_valid_key_cannot_word_a_request_so_that_another_action_is_checked(
    cloud: LocalCloud, guest: tuple[str, str, str]
) -> None:
    tried = list(wording.tries(prey(cloud), guest))

    assert len(tried) > 10
    assert [each for each in tried if each.got] == []


def test_what_the_operator_asks_for_without_a_known_action_is_answered(cloud: LocalCloud) -> None:
    keys = (cloud.keys.access_key, cloud.keys.secret_key, "")
    request = wording.Worded("an action of no name", "elasticloadbalancing", body=b"Action=Nothing", headers=FORM)

    status, _ = send(cloud, "POST", "/", request.body, dict(wording.signed(prey(cloud), request, keys)))

    assert status != 403


def test_an_endless_body_of_a_stranger_is_not_read(cloud: LocalCloud) -> None:
    with socket.create_connection(("127.0.0.1", port_of(cloud)), timeout=5) as connection:
        head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port_of(cloud)}\r\nContent-Length: 999999999\r\n\r\n"
        connection.sendall(head.encode())

        assert connection.recv(12) == b"HTTP/1.1 403"


def test_envoy_cannot_be_ended_over_a_port(cloud: LocalCloud) -> None:
    owner = next(each for each in psutil.net_connections("tcp") if each.laddr.port == port_of(cloud) and each.pid)
    children = psutil.Process(owner.pid).children(recursive=True)
    envoy = next(each for each in children if "--config-path" in each.cmdline())

    assert [each for each in envoy.net_connections("tcp") if each.status == psutil.CONN_LISTEN] == []
    assert stat.S_IMODE((cloud.run_dir / "envoy" / "admin").stat().st_mode) == 0o600


def test_what_a_run_writes_is_its_owners_alone(cloud: LocalCloud) -> None:
    written = [path for path in below(cloud.run_dir, os.walk) if path.name != "cloud.log" and not path.is_symlink()]

    assert written
    assert [path for path in written if path.stat().st_mode & 0o077] == []


def test_no_process_of_the_run_inherits_its_keys(cloud: LocalCloud) -> None:
    owner = next(each for each in psutil.net_connections("tcp") if each.laddr.port == port_of(cloud) and each.pid)
    secrets = (cloud.keys.secret_key, cloud.keys.token)

    for process in psutil.Process(owner.pid).children(recursive=True):
        held = " ".join([*process.environ().values(), *process.cmdline()])
        assert not any(secret in held for secret in secrets), process


def below(folder: Path, walk: Callable[..., Any]) -> list[Path]:
    return [Path(here) / name for here, folders, files in walk(folder) for name in (*folders, *files)]
