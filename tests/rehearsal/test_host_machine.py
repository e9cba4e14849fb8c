"""A rehearsed machine: real bash, with a home of its own and stand-ins for the commands that change a host."""

from __future__ import annotations

import json
import os
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from greenlight.processes.owner import Processes
from greenlight.rehearsal.host.machine import TIMED_OUT, Execution, Machine, MachinePlace, script_of
from greenlight.rehearsal.host.signature import Credentials, signed_headers
from greenlight.rehearsal.host.stand_ins import write_stand_ins
from greenlight.rehearsal.runner.log import BoundedLog
from greenlight.waiting import wait_until

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "ASIA1", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}
GET_PARAMETER = "aws ssm get-parameter --name /a --query Parameter.Value --output text --region us-east-1"

ASSUME_ROLE = "AWS_REGION=eu-west-1 aws sts assume-role --role-arn arn --role-session-name shop-blue --output json"
STS = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'


class Cloud(HTTPServer):
    """Answers each path with what a test put there, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), CloudHandler)
        self.answers: dict[str, tuple[int, object]] = {}
        self.asked: list[tuple[str, dict[str, str], object]] = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()


class CloudHandler(BaseHTTPRequestHandler):
    server: Cloud

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(content) if content.startswith(b"{") else content.decode()
        self.server.asked.append((self.path, dict(self.headers), body))
        status, answer = self.server.answers[self.path]
        self.send_response(status)
        self.end_headers()
        self.wfile.write((answer if isinstance(answer, str) else json.dumps(answer)).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    cloud = Cloud()
    yield cloud
    cloud.shutdown()
    cloud.server_close()


@pytest.fixture
def machine(tmp_path: Path, cloud: Cloud, processes: Processes) -> Iterator[Machine]:
    write_stand_ins(tmp_path / "bin")
    place = MachinePlace(tmp_path / "home", tmp_path / "bin", f"http://127.0.0.1:{cloud.server_port}", "docker key")
    machine = Machine("i-1", place, BoundedLog(tmp_path / "host.log"), lambda: CREDENTIALS, processes)
    yield machine
    machine.power_off()


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Where the machine's units are written."""
    folder = tmp_path / "home" / "etc" / "systemd" / "system"
    folder.mkdir(parents=True)
    return folder


def test_user_data_is_decoded() -> None:
    assert script_of(b64encode(b"#!/bin/bash\necho hello").decode()) == "#!/bin/bash\necho hello"


def test_user_data_that_is_no_script_is_refused() -> None:
    with pytest.raises(ValueError, match="#cloud-config"):
        script_of(b64encode(b"#cloud-config\n").decode())


def test_a_signature_is_the_one_that_botocore_makes() -> None:
    now = datetime.now(UTC)
    body = b'{"Name": "/a"}'
    told = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.X", "host": "127.0.0.1:4566"}
    ours = signed_headers(
        Credentials("ASIA1", "secret", "token"), service="ssm", region="us-east-1", headers=told, body=body, now=now
    )
    sent = {name: value for name, value in ours.items() if name in ("content-type", "x-amz-target")}
    request = AWSRequest("POST", "http://127.0.0.1:4566/", sent, body)
    signer = SigV4Auth(BotoCredentials("ASIA1", "secret", "token"), "ssm", "us-east-1")
    request.context["timestamp"] = ours["x-amz-date"]
    request.headers["X-Amz-Date"] = ours["x-amz-date"]
    request.headers["X-Amz-Security-Token"] = "token"
    theirs = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)

    assert ours["authorization"].endswith(f"Signature={theirs}")


@pytest.mark.rehearsal
def test_a_script_runs_in_a_home_of_its_own(machine: Machine, tmp_path: Path) -> None:
    result = machine.execute('echo "$HOME"; pwd; mktemp -u')

    home = str(tmp_path / "home")
    assert [line[: len(home)] for line in result.stdout.split()] == [home] * 3


@pytest.mark.rehearsal
def test_a_failed_script_says_how(machine: Machine) -> None:
    assert machine.execute("echo bad >&2; exit 7") == Execution(7, "", "bad\n")


@pytest.mark.rehearsal
def test_a_script_over_its_time_is_killed_with_what_it_started(machine: Machine) -> None:
    began = time.monotonic()

    result = machine.execute("sleep 30 & wait", timeout_seconds=0.2)

    assert (result.exit_code, time.monotonic() - began < 5) == (TIMED_OUT, True)


@pytest.mark.rehearsal
def test_a_machine_that_is_switched_off_ends_its_scripts(machine: Machine) -> None:
    threading.Timer(0.2, machine.power_off).start()

    assert machine.execute("sleep 30").exit_code != 0


@pytest.mark.rehearsal
def test_user_data_runs_in_the_background(machine: Machine, tmp_path: Path) -> None:
    machine.boot(b64encode(b'#!/bin/bash\necho done >"$HOME/marker"').decode())
    deadline = time.monotonic() + 5
    while not (tmp_path / "home" / "marker").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.rehearsal
@pytest.mark.parametrize(
    ("script", "exit_code", "words"),
    [
        ("docker ps", 127, "command not found"),
        ("systemctl enable --now docker", 1, "docker.service does not exist"),
        ("dnf install -y docker && docker ps", 1, "Is the docker daemon running?"),
    ],
)
def test_docker_has_to_be_installed_and_started(machine: Machine, script: str, exit_code: int, words: str) -> None:
    result = machine.execute(script)

    assert (result.exit_code, words in result.stderr) == (exit_code, True)


@pytest.mark.rehearsal
def test_docker_is_asked_of_the_cloud_in_the_hosts_name(machine: Machine, cloud: Cloud) -> None:
    cloud.answers["/_greenlight/docker"] = (200, {"stdout": "out", "stderr": "err", "exit_code": 3})

    result = machine.execute("dnf install -y docker; systemctl enable --now docker; docker ps --quiet")

    assert result == Execution(3, "out", "err")
    assert cloud.asked[0][2] == {"host": "i-1", "key": "docker key", "arguments": ["ps", "--quiet"]}


@pytest.mark.rehearsal
def test_a_parameter_is_asked_for_with_the_roles_credentials(machine: Machine, cloud: Cloud) -> None:
    cloud.answers["/"] = (200, {"Parameter": {"Value": "line 1\nline 2"}})

    result = machine.execute(GET_PARAMETER)

    assert result == Execution(0, "line 1\nline 2\n", "")
    headers = cloud.asked[0][1]
    assert ("ASIA1/" in headers["authorization"], headers["x-amz-security-token"]) == (True, "token")


@pytest.mark.rehearsal
def test_a_refused_parameter_fails_as_the_aws_cli_does(machine: Machine, cloud: Cloud) -> None:
    cloud.answers["/"] = (400, {"__type": "AccessDeniedException", "message": "no"})

    result = machine.execute(GET_PARAMETER)

    expected = "An error occurred (AccessDeniedException) when calling the GetParameter operation: no"
    assert (result.exit_code, result.stderr.strip()) == (254, expected)


@pytest.mark.rehearsal
def test_a_role_is_taken_with_the_hosts_own_credentials(machine: Machine, cloud: Cloud) -> None:
    answer = "<Credentials><SessionToken>x</SessionToken></Credentials>"
    cloud.answers["/"] = (200, f"<AssumeRoleResponse {STS}>{answer}</AssumeRoleResponse>")

    result = machine.execute(ASSUME_ROLE)

    assert json.loads(result.stdout) == {"Credentials": {"SessionToken": "x"}}
    assert "ASIA1/" in cloud.asked[0][1]["authorization"]
    assert cloud.asked[0][2] == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn&RoleSessionName=shop-blue"


@pytest.mark.rehearsal
def test_a_role_that_is_refused_fails_as_the_aws_cli_does(machine: Machine, cloud: Cloud) -> None:
    answer = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    cloud.answers["/"] = (403, f"<ErrorResponse {STS}>{answer}</ErrorResponse>")

    result = machine.execute(ASSUME_ROLE)

    expected = "An error occurred (AccessDenied) when calling the AssumeRole operation: no"
    assert (result.exit_code, result.stderr.strip()) == (254, expected)


@pytest.mark.rehearsal
@pytest.mark.parametrize("unit", ["greenlight.service", "greenlight.socket"])
def test_a_unit_that_nobody_wrote_cannot_be_started(machine: Machine, unit: str) -> None:
    result = machine.execute(f"systemctl enable --now {unit}")

    assert (result.exit_code, f"Unit file {unit} does not exist" in result.stderr) == (1, True)


@pytest.mark.rehearsal
def test_a_unit_that_runs_once_fails_the_command_when_it_fails(machine: Machine, units: Path) -> None:
    (units / "once.service").write_text("[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo ran; exit 3'\n")

    assert machine.execute("systemctl enable --now once.service") == Execution(1, "ran\n", "")


@pytest.mark.rehearsal
def test_the_services_of_a_machine_end_with_it(machine: Machine, units: Path, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    (units / "long.service").write_text(f"[Service]\nExecStart=/bin/sh -c 'echo $$ >{told}; sleep 60'\n")
    machine.start(["long.service"])
    assert wait_until(lambda: told.is_file() and bool(told.read_text()), 5)

    machine.power_off()

    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


@pytest.mark.rehearsal
@pytest.mark.parametrize(
    "command",
    [
        "aws s3 ls",
        "aws sts assume-role --role-arn arn --output json",
        f"{GET_PARAMETER} --with-decryption yes",
        "aws ssm get-parameter",
    ],
)
def test_another_aws_command_is_refused(machine: Machine, command: str) -> None:
    result = machine.execute(command)

    assert (result.exit_code, "the rehearsal answers only" in result.stderr) == (252, True)
