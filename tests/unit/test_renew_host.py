"""`greenlight renew-host`: what it refuses, what it deploys, and what it writes down."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from host_age.judgment import DAY_SECONDS, Host
from traffic_switch.contract import Color
from traffic_switch.journal import Lock
from traffic_switch.model import Weights

from tests.unit.fake_deployment import write_assembly
from tests.unit.operator_world import BLUE, CONTEXT, Desk, scene, seated

SAME = {Color.BLUE: "1.0.0", Color.GREEN: "1.0.0"}
STACK = "GreenlightEc2Host"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = seated(tmp_path, monkeypatch)
    made.deployed.running = SAME
    made.deployment.effect = lambda: _replace(made)
    return made


def _replace(desk: Desk) -> int:
    """What a renewal does: another host, which the stack says when."""
    desk.deployed.hosts = Host("i-2", time.time())
    desk.deployed.renewed = _flag(desk)
    return 0


def _flag(desk: Desk) -> str:
    (flag,) = (word for word in desk.deployment.deploys[-1] if word.startswith("host_renewed_at="))
    return flag.partition("=")[2]


def context(desk: Desk) -> dict[str, object]:
    found: dict[str, object] = json.loads((desk.folder / "cdk.json").read_text())["context"]
    return found


def test_a_renewal_deploys_the_host_alone_and_writes_down_when(desk: Desk) -> None:
    code, said = desk.type("renew-host", "--yes")

    assert (code, said) == (
        0,
        "the host i-1 is 40 days old; host_max_age_days is 30\ni-2 runs both colors, and i-1 has ended\n",
    )
    (command,) = desk.deployment.deploys
    assert (STACK in command, "--exclusively" in command, "--all" in command) == (True, True, False)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\dZ", _flag(desk))
    assert context(desk) == {**CONTEXT, "host_renewed_at": _flag(desk)}


def test_what_the_stack_says_is_written_down_when_the_templates_were_given(desk: Desk) -> None:
    guard = {"Type": "Custom::GreenlightVersionGuard", "Properties": {"Service": "shop", **_versions("1.0.0", "1.0.0")}}
    write_assembly(desk.folder / "app", {STACK: {"Resources": {"Guard": guard}}})

    def effect() -> int:
        desk.deployed.hosts, desk.deployed.renewed = Host("i-2", time.time()), "2026-01-01T00:00Z"
        return 0

    desk.deployment.effect = effect
    desk.type("renew-host", "--yes", "--app", "app")

    assert context(desk)["host_renewed_at"] == "2026-01-01T00:00Z"


def test_a_host_that_is_not_due_is_left_alone_when_that_was_asked(desk: Desk) -> None:
    desk.deployed.hosts = Host("i-1", time.time() - 29.9 * DAY_SECONDS)

    code, said = desk.type("renew-host", "--yes", "--if-due")

    assert (code, said.splitlines()[-1], desk.deployment.commands) == (0, "it is not due: nothing was changed", [])


def test_a_host_that_is_due_is_renewed_when_that_was_asked(desk: Desk) -> None:
    desk.deployed.hosts = Host("i-1", time.time() - 30.1 * DAY_SECONDS)

    desk.type("renew-host", "--yes", "--if-due")

    assert len(desk.deployment.deploys) == 1


def test_a_host_that_is_gone_is_replaced_too(desk: Desk) -> None:
    desk.deployed.hosts = None

    code, said = desk.type("renew-host", "--yes", "--if-due")

    assert (code, said.splitlines()[0]) == (0, "the host is gone; host_max_age_days is 30")


def test_without_consent_nothing_is_deployed(desk: Desk) -> None:
    desk.type("renew-host", answers="n\n")

    assert desk.deployment.commands == []


def test_while_a_switch_runs_the_host_stays(desk: Desk) -> None:
    desk.deployed.journal.held = Lock("s1", 1, reason="release", since=0.0, deadline=float("inf"))

    code, said = desk.type("renew-host", "--yes")

    assert (code, desk.deployment.commands) == (1, [])
    assert "s1" in said


def test_while_a_rule_has_drifted_the_host_stays(desk: Desk) -> None:
    desk.deployed.now = scene(BLUE, Weights(50, 50))

    assert desk.type("renew-host", "--yes")[0] == 1
    assert desk.deployment.commands == []


def test_a_renewal_brings_no_version_along(desk: Desk) -> None:
    desk.deployed.running = {**SAME, Color.GREEN: "2.0.0"}

    code, said = desk.type("renew-host", "--yes")

    assert (code, desk.deployment.commands) == (1, [])
    assert "declared is green 1.0.0 of shop, deployed 2.0.0: make them the same first" in said


def test_an_assembly_brings_no_version_along_either(desk: Desk) -> None:
    guard = {"Type": "Custom::GreenlightVersionGuard", "Properties": {"Service": "shop", **_versions("1.0.0", "3.0.0")}}
    write_assembly(desk.folder / "app", {STACK: {"Resources": {"Guard": guard}}})

    code, said = desk.type("renew-host", "--yes", "--app", "app")

    assert (code, desk.deployment.deploys) == (1, [])
    assert "declared is green 3.0.0 of shop, deployed 1.0.0" in said


def test_a_renewal_that_failed_says_why_and_declares_nothing(desk: Desk) -> None:
    desk.deployment.effect = lambda: 1

    code, said = desk.type("renew-host", "--yes")

    assert (code, context(desk)) == (1, CONTEXT)
    assert "the host was not renewed, and the old one goes on: the stack failed" in said


def test_a_deploy_that_left_the_host_is_no_renewal(desk: Desk) -> None:
    desk.deployment.effect = lambda: 0

    code, said = desk.type("renew-host", "--yes")

    assert (code, context(desk)) == (1, CONTEXT)
    assert "the host is the same" in said


def test_fargate_has_no_host_to_renew(desk: Desk) -> None:
    (desk.folder / "cdk.json").write_text(json.dumps({"context": {**CONTEXT, "compute": "fargate"}}))

    code, said = desk.type("renew-host", "--yes")

    assert (code, "compute is fargate, which has no host" in said) == (1, True)


def _versions(blue: str, green: str) -> dict[str, str]:
    return {"BlueVersion": blue, "GreenVersion": green}
