"""The broker of the host: a token gets the credentials of its own color, and nothing else gets anything."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from botocore.credentials import ContainerProvider
from greenlight_cdk.host.credentials import (
    EARLY_SECONDS,
    MOST_AT_ONCE,
    PATH,
    PAUSE_SECONDS,
    AssumeError,
    Broker,
    Colors,
    Session,
    assume,
    read,
)

pytestmark = pytest.mark.rehearsal

BLUE, GREEN = "blue's token", "green's token"
HOUR = 3600.0
GIVEN = {
    "AccessKeyId": "ASIA1",
    "SecretAccessKey": "secret",
    "SessionToken": "session",
    "Expiration": "2030-01-01T02:00:00+01:00",
}


class Sts:
    """Gives credentials for an hour, by a clock that tests set, or refuses."""

    def __init__(self) -> None:
        self.now = 1_900_000_000.0
        self.asked: list[tuple[str, str]] = []
        self.refuses = False

    def take(self, role: str, name: str) -> Session:
        self.asked.append((role, name))
        if self.refuses:
            raise AssumeError("AccessDenied")
        keys = {"AccessKeyId": f"{role}-{len(self.asked)}", "SecretAccessKey": "s", "Token": "t"}
        return Session(role, {**keys, "Expiration": "2040-01-01T00:00:00Z"}, self.now + HOUR)


@pytest.fixture
def sts() -> Sts:
    return Sts()


@pytest.fixture
def colors(tmp_path: Path, sts: Sts) -> Colors:
    for name, token in {"shop-blue": BLUE, "shop-green": GREEN}.items():
        (tmp_path / f"{name}.role").write_text(f"role-of-{name}\n")
        (tmp_path / f"{name}.token").write_text(hashlib.sha256(token.encode()).hexdigest() + "\n")
    return Colors(tmp_path, sts.take, lambda: sts.now)


@pytest.fixture
def address(colors: Colors) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        broker = Broker(opened, colors)
        threading.Thread(target=broker.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{opened.getsockname()[1]}"
        broker.shutdown()


def ask(address: str, headers: Mapping[str, str], path: str = PATH, method: str = "GET") -> tuple[int, str]:
    connection = http.client.HTTPConnection(address, timeout=5)
    connection.request(method, path, headers=dict(headers))
    answer = connection.getresponse()
    status, body = answer.status, answer.read().decode()
    connection.close()
    return status, body


@pytest.mark.parametrize(("token", "role"), [(BLUE, "role-of-shop-blue"), (GREEN, "role-of-shop-green")])
def test_a_token_gets_the_credentials_of_its_own_color(colors: Colors, address: str, token: str, role: str) -> None:
    colors.renew()

    status, body = ask(address, {"Authorization": token})

    assert (status, json.loads(body)["AccessKeyId"].rpartition("-")[0]) == (200, role)


@pytest.mark.parametrize(
    ("headers", "path", "method", "status"),
    [
        ({}, PATH, "GET", 403),
        ({"Authorization": ""}, PATH, "GET", 403),
        ({"Authorization": BLUE[:-1]}, PATH, "GET", 403),
        ({"Authorization": f"Bearer {BLUE}"}, PATH, "GET", 403),
        ({"Authorization": hashlib.sha256(BLUE.encode()).hexdigest()}, PATH, "GET", 403),
        ({"Authorization": "x" * 10_000}, PATH, "GET", 403),
        ({"Authorization": "\xe9"}, PATH, "GET", 403),
        ({"Authorization": BLUE}, "/", "GET", 404),
        ({"Authorization": BLUE}, f"{PATH}/../colors", "GET", 404),
        ({"Authorization": BLUE}, f"{PATH}?of=shop-green", "GET", 404),
        ({"Authorization": BLUE}, PATH, "POST", 501),
        ({"Authorization": BLUE}, PATH, "DELETE", 501),
    ],
)
def test_whoever_does_not_show_a_token_as_an_sdk_does_gets_no_credentials(
    colors: Colors, address: str, headers: Mapping[str, str], path: str, method: str, status: int
) -> None:
    colors.renew()

    answered, body = ask(address, headers, path, method)

    assert (answered, "SecretAccessKey" in body) == (status, False)


def test_a_token_of_a_container_that_was_replaced_is_refused(colors: Colors, address: str, tmp_path: Path) -> None:
    colors.renew()
    (tmp_path / "shop-blue.token").write_text(hashlib.sha256(b"another").hexdigest())

    assert ask(address, {"Authorization": BLUE})[0] == 403


def test_a_color_without_credentials_is_told_so(colors: Colors, address: str) -> None:
    status, body = ask(address, {"Authorization": BLUE})

    assert (status, "shop-blue has no credentials" in body) == (503, True)


def test_a_container_that_keeps_connections_open_takes_no_place_of_another_color(colors: Colors, address: str) -> None:
    colors.renew()
    host, _, port = address.partition(":")
    held = [_connected(host, int(port), "127.0.1.2") for _ in range(4 * MOST_AT_ONCE)]

    status, _ = ask(address, {"Authorization": GREEN})

    assert (status, len([each for each in held if _is_open(each)])) == (200, MOST_AT_ONCE)
    for each in held:
        each.close()


def test_a_place_is_given_back_after_each_request(colors: Colors, address: str) -> None:
    colors.renew()

    assert {ask(address, {"Authorization": GREEN})[0] for _ in range(3 * MOST_AT_ONCE)} == {200}


def test_a_file_that_is_being_written_is_no_color(colors: Colors, sts: Sts, tmp_path: Path) -> None:
    """`run-color.sh` writes `.NAME.role` and `.NAME.token`, and then moves them."""
    (tmp_path / ".shop-blue.role").write_text("half a ro")
    (tmp_path / ".half.token").write_text(hashlib.sha256(b"half").hexdigest())
    colors.renew()

    assert sorted(name for _, name in sts.asked) == ["shop-blue", "shop-green"]
    assert colors.of("half") is None


def test_what_a_request_is_refused_for_is_told_without_its_token(
    address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    ask(address, {"Authorization": "somebody's secret"})

    assert capfd.readouterr().err == "refused 127.0.0.1: AccessDenied\n"


def test_an_sdk_takes_what_the_broker_answers(colors: Colors, address: str, tmp_path: Path) -> None:
    colors.renew()
    (tmp_path / "token").write_text(GREEN)
    told = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{address}{PATH}",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "token"),
    }

    found = ContainerProvider(environ=told).load()

    assert str(found.get_frozen_credentials().access_key).startswith("role-of-shop-green")


def test_credentials_are_fetched_once_and_renewed_before_an_sdk_would_ask(colors: Colors, sts: Sts) -> None:
    colors.renew()
    sts.now += HOUR - EARLY_SECONDS - 1
    colors.renew()
    before = len(sts.asked)
    sts.now += 1
    colors.renew()

    assert (before, len(sts.asked)) == (2, 4)


def test_a_color_whose_role_is_another_by_now_gets_that_ones_credentials(
    colors: Colors, sts: Sts, tmp_path: Path
) -> None:
    colors.renew()
    (tmp_path / "shop-blue.role").write_text("new-role")

    colors.renew()

    assert sts.asked[2:] == [("new-role", "shop-blue")]


def test_good_credentials_outlive_a_failure_and_bad_ones_are_given_to_nobody(colors: Colors, sts: Sts) -> None:
    colors.renew()
    sts.refuses = True
    sts.now += HOUR - 1
    colors.renew()
    good = colors.answer("shop-blue")
    sts.now += 2

    assert (good is None, colors.answer("shop-blue")) == (False, None)


def test_a_failure_is_tried_again_after_a_pause_and_keeps_no_other_color_waiting(
    colors: Colors, sts: Sts, capfd: pytest.CaptureFixture[str]
) -> None:
    sts.refuses = True
    colors.renew()
    colors.renew()
    at_once = len(sts.asked)
    sts.now += PAUSE_SECONDS
    colors.renew()

    assert (at_once, len(sts.asked)) == (2, 4)
    assert "shop-blue has no new credentials of role-of-shop-blue: AccessDenied" in capfd.readouterr().err


def test_the_end_of_credentials_is_told_in_utc_with_a_z() -> None:
    """The SDK for JavaScript reads no other zone."""
    assert read("role", GIVEN).answer["Expiration"] == "2030-01-01T01:00:00Z"
    assert read("role", {**GIVEN, "Expiration": "2030-01-01T01:00:00Z"}).answer == read("role", GIVEN).answer


def test_the_aws_cli_is_asked_for_the_role_in_the_colors_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _aws(tmp_path, monkeypatch, f"echo \"$*\" >{tmp_path}/asked; echo '{json.dumps({'Credentials': GIVEN})}'")

    session = assume("arn:role", "shop-blue")

    assert session.answer["AccessKeyId"] == "ASIA1"
    asked = "sts assume-role --role-arn arn:role --role-session-name shop-blue --output json\n"
    assert (tmp_path / "asked").read_text() == asked


@pytest.mark.parametrize("script", ["echo 'AccessDenied: no' >&2; exit 254", "echo '{\"Credentials\": {}}'", "echo x"])
def test_whatever_the_aws_cli_says_is_no_end_of_the_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    _aws(tmp_path, monkeypatch, script)

    with pytest.raises(AssumeError):
        assume("arn:role", "shop-blue")


def test_a_broker_without_a_socket_says_what_to_start() -> None:
    script = Path(__file__).parents[2] / "constructs" / "greenlight_cdk" / "host" / "credentials.py"
    ended = subprocess.run(["python3", script, "/nowhere"], env={}, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (1, "systemd gave no socket: start greenlight-credentials.socket\n")


def _connected(host: str, port: int, source: str) -> socket.socket:
    return socket.create_connection((host, port), timeout=5, source_address=(source, 0))


def _is_open(connection: socket.socket) -> bool:
    connection.settimeout(0.2)
    try:
        return connection.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionResetError:
        return False


def _aws(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    (folder / "aws").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "aws").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
