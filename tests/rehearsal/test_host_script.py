"""The script that runs one color on the EC2 host: what it starts, stops and refuses."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from host_color.judgment import Invocation, runs_already
from host_color.model import HostColor, Place
from traffic_switch.contract import Color

from tests.rehearsal.shell_host import TOLD, Host
from tests.synth.host_script import (
    REGISTRY,
    REPORT_1,
    SECRET,
    SHOP_1,
    SHOP_2,
    SHOP_BY_TAG,
    VARIABLES,
    color_script,
    exact,
)

pytestmark = pytest.mark.rehearsal


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_color_is_pulled_and_started_with_its_environment_and_limits(host: Host) -> None:
    result = host.run("shop", "green", SHOP_2)

    assert result.returncode == 0, result.stderr
    assert host.changes[0] == f"docker pull --quiet {exact(SHOP_2)}"
    (run,) = host.changes[1:]
    assert run.endswith(f" {exact(SHOP_2)}")
    for flag in (
        "--name shop-green",
        "--restart unless-stopped",
        "--memory 512m",
        "--cpus 0.25",
        "--read-only",
        "--publish 3001:3000",
        "--log-opt awslogs-stream=shop/green/2.0.0",
        "--env ENVIRONMENT=green --env VERSION=2.0.0 --env PORT=3000 --env AWS_REGION=eu-west-1",
        "--env CART_TABLE=carts --env ORDER_TABLE=orders",
    ):
        assert flag in run


def test_a_service_is_told_of_its_own_tables_alone(host: Host) -> None:
    result = host.run("report", "green", REPORT_1)

    assert result.returncode == 0, result.stderr
    assert "_TABLE=" not in host.changes[-1]


def test_a_container_is_told_its_secrets_and_nothing_else_is(host: Host) -> None:
    result = host.run("shop", "green", SHOP_2)

    assert result.returncode == 0, result.stderr
    assert (host.state / "told").read_text().strip() == TOLD
    assert host.changes[-1].endswith(f"--env SESSION_SECRETS {exact(SHOP_2)}")
    assert TOLD not in " ".join([*host.calls, result.stdout, result.stderr])
    assert not [file for file in host.kept if TOLD in file.read_text()]


def test_a_service_without_secrets_reads_none(host: Host) -> None:
    host.run("report", "green", REPORT_1)

    assert not [call for call in host.calls if "secretsmanager" in call]


def test_a_secret_that_cannot_be_read_leaves_the_old_container(host: Host) -> None:
    host.run("shop", "green", SHOP_1)
    (host.state / "secrets" / SECRET).unlink()

    result = host.run("shop", "green", SHOP_2)

    assert result.returncode == 1
    assert f"greenlight: cannot read {SECRET}, which shop-green gets as SESSION_SECRETS" in result.stderr
    assert host.containers == {"shop-green": SHOP_1}


def test_a_changed_secret_reaches_a_container_with_another_tag_of_its_image_and_not_with_the_same(host: Host) -> None:
    host.run("shop", "green", SHOP_2)
    (host.state / "secrets" / SECRET).write_text("changed\n")

    host.run("shop", "green", SHOP_2)
    told_again = (host.state / "told").read_text().strip()
    host.run("shop", "green", SHOP_2.replace(":2.0.0@", ":2.0.0-a@"))

    assert told_again == TOLD
    assert (host.state / "told").read_text().strip() == "changed"


def test_a_table_more_starts_the_container_anew_when_it_is_next_asked_for(host: Host) -> None:
    host.run("shop", "green", SHOP_2)
    host.script.write_text(color_script(variables={**VARIABLES, "shop": {**VARIABLES["shop"], "STOCK_TABLE": "stock"}}))

    host.run("shop", "green", SHOP_2)

    assert "--env STOCK_TABLE=stock" in host.changes[-1]


def test_a_second_run_of_the_same_image_changes_nothing(host: Host) -> None:
    host.run("shop", "green", SHOP_2)

    result = host.run("shop", "green", SHOP_2)

    assert result.returncode == 0
    assert "already" in result.stdout
    assert host.changes == []


def test_preparing_pulls_the_image_and_leaves_the_container(host: Host) -> None:
    host.run("shop", "green", SHOP_1)
    host.declare("/greenlight/shop/green", SHOP_2)

    result = host.run("shop", "green", SHOP_2, "prepare")

    assert (result.returncode, result.stdout) == (0, "")
    assert host.changes == [f"docker pull --quiet {exact(SHOP_2)}"]
    assert host.containers == {"shop-green": SHOP_1}


def test_preparing_what_runs_says_so_in_the_words_that_the_function_looks_for(host: Host) -> None:
    host.run("shop", "green", SHOP_2)
    green = HostColor("shop", Color.GREEN, SHOP_2, "document", Place("group", "i-0", 3001))

    result = host.run("shop", "green", SHOP_2, "prepare")

    assert runs_already(Invocation("Success", result.stdout), green)
    assert not runs_already(Invocation("Success", result.stdout), replace(green, image=SHOP_1))


def test_a_late_request_does_not_bring_back_an_image_that_is_declared_no_more(host: Host) -> None:
    host.declare("/greenlight/shop/green", SHOP_2)
    host.run("shop", "green", SHOP_2)

    result = host.run("shop", "green", SHOP_1, "prepare")

    assert result.returncode == 1
    assert f"shop-green is declared to run another image than {SHOP_1} by now" in result.stderr
    assert f"the parameter /greenlight/shop/green says {SHOP_2}" in result.stderr
    assert host.changes == []


def test_a_new_version_stops_the_old_container_before_it_starts_the_new_one(host: Host) -> None:
    host.run("shop", "green", SHOP_1)

    host.run("shop", "green", SHOP_2)

    assert [call.split()[1] for call in host.changes] == ["pull", "stop", "rm", "run"]
    assert host.containers == {"shop-green": SHOP_2}


def test_a_change_of_one_color_does_not_touch_the_other(host: Host) -> None:
    host.run("shop", "blue", SHOP_1)

    host.run("shop", "green", SHOP_2)

    assert host.containers == {"shop-blue": SHOP_1, "shop-green": SHOP_2}
    assert not [call for call in host.calls if "shop-blue" in call]


def test_an_image_that_is_here_already_is_not_pulled_again(host: Host) -> None:
    host.run("shop", "blue", SHOP_1)

    host.run("shop", "green", SHOP_1)

    assert [call.split()[1] for call in host.changes] == ["run"]


def test_an_image_that_cannot_be_pulled_is_named_and_the_old_container_stays(host: Host) -> None:
    host.run("shop", "green", SHOP_1)
    missing = f"{REGISTRY}/greenlight/shop:9.9.9@sha256:{'9' * 64}"

    result = host.run("shop", "green", missing)

    assert result.returncode == 1
    assert result.stderr.strip() == (
        f"greenlight: cannot pull {missing}: was it deleted after the version guard had seen it? No container was"
        " touched"
    )
    assert host.containers == {"shop-green": SHOP_1}


def test_what_a_pull_leaves_has_to_be_the_digest_that_was_asked_for(host: Host) -> None:
    host.run("shop", "green", SHOP_1)
    (host.state / "swaps").touch()

    result = host.run("shop", "green", SHOP_2)

    assert result.returncode == 1
    assert f"docker pulled {exact(SHOP_2)}, and does not hold it" in result.stderr
    assert host.containers == {"shop-green": SHOP_1}


def test_a_container_that_was_started_by_its_tag_is_left_alone(host: Host) -> None:
    host.run("shop", "green", SHOP_BY_TAG)
    assert host.changes[-1].endswith(f" {SHOP_BY_TAG}")

    result = host.run("shop", "green", SHOP_BY_TAG)

    assert (result.returncode, host.changes) == (0, [])
    assert f"shop-green runs {SHOP_BY_TAG} already" in result.stdout


def test_a_version_that_was_started_by_its_tag_is_replaced_when_its_digest_is_asked_for(host: Host) -> None:
    host.run("shop", "green", SHOP_BY_TAG)

    host.run("shop", "green", SHOP_1)

    assert host.changes[-1].endswith(f" {exact(SHOP_1)}")
    assert "--env VERSION=1.0.0 " in host.changes[-1]


def test_a_container_that_does_not_stay_up_fails_and_says_where_its_log_is(host: Host) -> None:
    (host.state / "crashes").touch()

    result = host.run("shop", "green", SHOP_2)

    assert result.returncode == 1
    assert "shop-green does not run 30 s after its start" in result.stderr
    assert "shop/green/2.0.0" in result.stderr


@pytest.mark.parametrize(
    ("service", "color", "message"),
    [
        ("cart", "blue", "service: got cart; allowed: shop report"),
        ("shop", "red", "color: got red; allowed: blue, green"),
    ],
)
def test_what_the_host_does_not_know_is_refused_with_what_it_knows(
    host: Host, service: str, color: str, message: str
) -> None:
    result = host.run(service, color, SHOP_1)

    assert result.returncode == 1
    assert message in result.stderr
    assert host.changes == []


def test_a_host_that_is_still_booting_is_waited_for(host: Host) -> None:
    (host.state / "docker-is-down").touch()

    assert host.run("shop", "blue", SHOP_1).returncode == 0


def test_the_turn_of_a_process_that_died_is_taken_over_and_given_back(host: Host) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    turn = host.home / ".greenlight-turn"
    turn.symlink_to(str(gone.pid))

    assert host.run("shop", "blue", SHOP_1).returncode == 0
    assert not turn.is_symlink()
