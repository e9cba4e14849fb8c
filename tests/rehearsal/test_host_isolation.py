"""What run-color.sh does to keep a color apart: its user, its network, its token and its role."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.rehearsal.shell_host import Host
from tests.synth.host_script import ROLES, SHOP_1, SHOP_2

pytestmark = pytest.mark.rehearsal


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_container_runs_as_the_services_user_on_a_network_of_its_own(host: Host) -> None:
    host.run("shop", "green", SHOP_1)

    assert "docker network create shop-green" in host.calls
    assert "--user 1000:1000 --network shop-green " in host.changes[-1]


def test_a_network_is_made_once(host: Host) -> None:
    host.run("shop", "green", SHOP_1)
    host.run("shop", "green", SHOP_2)

    assert [call for call in host.calls if call.startswith("docker network")] == ["docker network inspect shop-green"]


def test_without_its_network_a_container_is_not_started(host: Host) -> None:
    (host.state / "no-networks").touch()

    result = host.run("shop", "green", SHOP_1)

    assert (result.returncode, result.stderr) == (1, "greenlight: docker could not make the network shop-green\n")
    assert host.containers == {}


def test_a_container_is_told_where_its_credentials_are_and_shown_its_token(host: Host) -> None:
    host.run("shop", "green", SHOP_1)

    run = host.changes[-1]
    token = host.files / "tokens" / "shop-green"
    assert f"--mount type=bind,source={token},target=/run/greenlight/token,readonly" in run
    assert "--env AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.2/credentials " in run
    assert "--env AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/run/greenlight/token " in run


def test_the_token_is_for_the_containers_user_alone_and_in_no_command(host: Host) -> None:
    host.run("shop", "green", SHOP_1)

    token = host.files / "tokens" / "shop-green"
    assert len(token.read_text()) == 64
    assert token.stat().st_mode & 0o777 == 0o600
    assert f"chown 1000:1000 {token}" in host.calls
    assert token.read_text() not in "\n".join(host.calls)


def test_each_container_gets_another_token(host: Host) -> None:
    tokens = host.files / "tokens"
    host.run("shop", "green", SHOP_1)
    first = (tokens / "shop-green").read_text()

    host.run("shop", "green", SHOP_2)
    host.run("shop", "blue", SHOP_2)

    assert len({first, (tokens / "shop-green").read_text(), (tokens / "shop-blue").read_text()}) == 3


def test_the_broker_learns_the_role_and_the_hash_of_the_token(host: Host) -> None:
    host.run("shop", "green", SHOP_1)

    token = (host.files / "tokens" / "shop-green").read_text()
    told = {path.name: path.read_text() for path in (host.files / "colors").iterdir()}
    assert told == {
        "shop-green.role": f"{ROLES}/shop-green\n",
        "shop-green.token": hashlib.sha256(token.encode()).hexdigest() + "\n",
    }


def test_the_broker_can_read_what_it_is_told_whatever_the_agent_keeps_to_itself(host: Host) -> None:
    host.shell("bash", "-c", f"umask 077; bash {host.script} shop green {SHOP_1}")

    modes = {path.stat().st_mode & 0o777 for path in (host.files / "colors").iterdir()}
    assert modes == {0o644}


def test_preparing_tells_the_role_and_leaves_the_token_of_what_runs(host: Host) -> None:
    host.run("shop", "green", SHOP_1)
    token = host.files / "tokens" / "shop-green"
    before = token.read_text()
    (host.files / "colors" / "shop-green.role").unlink()
    host.declare("/greenlight/shop/green", SHOP_2)

    host.run("shop", "green", SHOP_2, "prepare")

    assert token.read_text() == before
    assert (host.files / "colors" / "shop-green.role").read_text() == f"{ROLES}/shop-green\n"
