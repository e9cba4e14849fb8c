"""`greenlight deploy`: everything but a release."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click
import pytest
from botocore.exceptions import ClientError
from traffic_switch.contract import RELEASE_RESOURCE_TYPE, Color
from traffic_switch.journal import Lock
from traffic_switch.model import Live, Outcome, Weights

from greenlight.commands import deploying
from greenlight.templates import Template
from tests.unit.operator_world import BLUE, CONTEXT, GREEN, Desk, scene, seated, switch

RULE = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}}
NETWORK = {"Resources": {"Logs": RULE, "Old": {"Type": "AWS::EC2::EIP"}}}
CHANGED = {"Resources": {"Logs": {**RULE, "Properties": {"RetentionInDays": 7}}, "New": {"Type": "AWS::SNS::Topic"}}}
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeRules")


def requests(*services: str) -> Template:
    """GreenlightRelease with these services."""
    return {"Resources": {each: {"Type": RELEASE_RESOURCE_TYPE, "Properties": {"Service": each}} for each in services}}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Green 2.0.0 is live and was never recorded: cdk.json still has 1.0.0 on both. The network would change."""
    made = seated(tmp_path, monkeypatch)
    made.deployed.now = scene(GREEN)
    made.deployed.templates = {"GreenlightNetwork": NETWORK}
    made.deployment.templates = {"GreenlightNetwork": CHANGED}
    return made


def test_after_a_release_that_was_never_recorded_each_color_keeps_its_version(desk: Desk) -> None:
    code, said = desk.type("deploy", "--yes")

    synth, _ = desk.deployment.commands
    assert code == 0
    assert {"shop.green_version=2.0.0", "shop.blue_version=1.0.0", "shop.active_color=null"} <= set(synth)
    assert "shop: green 2.0.0 is live, and stays live" in said
    assert said.splitlines()[-1] == "shop: green 2.0.0 is live"


def test_cdk_json_is_left_as_it_is(desk: Desk) -> None:
    desk.type("deploy", "--yes")

    assert desk.declared == CONTEXT["services"]["shop"]


def test_all_stacks_are_deployed_as_they_were_synthesized(desk: Desk) -> None:
    desk.type("deploy", "--yes")

    (command,) = desk.deployment.deploys
    assert "--all" in command
    assert command[command.index("--app") + 1] == str(desk.folder / "build" / "cdk.out" / "release")


def test_what_will_change_is_said_before_it_is_asked_about(desk: Desk) -> None:
    code, said = desk.type("deploy", answers="y\n")

    line = (
        "GreenlightNetwork: adds New (AWS::SNS::Topic); changes Logs (AWS::Logs::LogGroup); removes Old (AWS::EC2::EIP)"
    )
    assert code == 0
    assert said.index(line) < said.index("Go on?")


def test_a_deploy_that_nobody_confirms_deploys_nothing(desk: Desk) -> None:
    desk.type("deploy")

    assert desk.deployment.deploys == []


def test_where_every_stack_is_as_declared_nothing_is_deployed(desk: Desk) -> None:
    desk.deployment.templates = desk.deployed.templates

    code, said = desk.type("deploy")

    assert (code, said.splitlines()[-1]) == (0, "every stack is deployed as it is declared: nothing was deployed")
    assert desk.deployment.deploys == []


def test_while_a_switch_runs_nothing_is_deployed(desk: Desk) -> None:
    desk.deployed.journal.held = Lock("s7", 1, reason="release green 2.0.0", since=1000.0)

    code, said = desk.type("deploy", "--yes")

    assert code == 1
    assert "shop: the switch s7 (release green 2.0.0) " in said
    assert "Nothing was changed" in said
    assert desk.deployment.commands == []


@pytest.fixture
def stale(desk: Desk) -> Desk:
    """admin is deployed, and cdk.json lacks it."""
    desk.deployed.templates = {"GreenlightRelease": requests("shop", "admin")}
    desk.deployment.templates = {"GreenlightRelease": requests("shop")}
    return desk


def test_a_service_that_cdk_json_lacks_is_not_removed_unasked(stale: Desk) -> None:
    code, said = stale.type("deploy", "--yes")

    assert (code, stale.deployment.commands) == (1, [])
    assert "admin: green 2.0.0 is live, and cdk.json has no such service: REMOVED, with its users served" in said
    assert "this would remove the service 'admin', which cdk.json lacks: take it back from git, or add --remov" in said


def test_whoever_allows_it_removes_a_service_that_cdk_json_lacks(stale: Desk) -> None:
    code, _ = stale.type("deploy", "--yes", "--remove-services")

    assert (code, len(stale.deployment.deploys)) == (0, 1)


@pytest.mark.parametrize(("answer", "deploys"), [("y\n", 1), ("n\n", 0)])
def test_a_person_is_asked_about_a_service_that_goes(stale: Desk, answer: str, deploys: int) -> None:
    _, said = stale.type("deploy", answers=answer)

    assert "Go on, and remove admin?" in said
    assert len(stale.deployment.deploys) == deploys


def test_a_service_that_goes_is_not_removed_while_its_switch_runs(stale: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"admin": Lock("s7", 1, reason="release green 2.0.0", since=1000.0)}
    monkeypatch.setattr(stale.deployed.journal, "lock", held.get)

    code, said = stale.type("deploy", "--yes", "--remove-services")

    assert (code, stale.deployment.commands) == (1, [])
    assert "admin: the switch s7 (release green 2.0.0) " in said


def test_traffic_of_which_the_journal_knows_nothing_refuses_every_deploy(desk: Desk) -> None:
    desk.deployed.templates = {"GreenlightRelease": requests("shop")}
    desk.deployed.now = scene(None, Weights(0, 100))

    code, said = desk.type("deploy", "--yes")

    assert (code, desk.deployment.commands) == (1, [])
    assert "the journal remembers nothing live: somebody made the rule, or the journal was lost" in said
    assert "restore the journal's table. Do that first. Nothing was changed" in said


@pytest.mark.parametrize(
    ("live", "running"),
    [(BLUE, {}), (GREEN, {Color.BLUE: "3.0.0", Color.GREEN: "2.0.0"})],
    ids=["another color is live", "another version is deployed"],
)
def test_what_changes_while_a_person_thinks_is_not_deployed_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, live: Live, running: dict[Color, str]
) -> None:
    def confirm(*_: object, **__: object) -> bool:
        desk.deployed.now, desk.deployed.running = scene(live), running
        return True

    monkeypatch.setattr(click, "confirm", confirm)

    code, said = desk.type("deploy")

    assert (code, desk.deployment.deploys) == (1, [])
    assert "what is live changed meanwhile. Nothing was deployed: run `greenlight deploy` again" in said


@pytest.mark.parametrize("has_journal", [False, True], ids=["no journal", "nothing in it"])
def test_a_first_deployment_says_what_is_deployed_and_takes_cdk_jsons_facts(desk: Desk, has_journal: bool) -> None:
    desk.deployed.has_journal = has_journal
    desk.deployed.now = scene(None)
    desk.becomes(BLUE)

    code, said = desk.type("deploy", "--yes")

    assert code == 0
    assert not [word for word in desk.deployment.commands[0] if word.startswith("shop.")]
    assert "nothing is live yet: blue 1.0.0 and green 1.0.0 are deployed, as cdk.json has them, and blue goes" in said
    assert said.splitlines()[-1] == "shop: blue 1.0.0 is live"


def test_a_stack_that_is_new_is_said_to_be_new(desk: Desk) -> None:
    desk.deployed.templates = {}

    assert "GreenlightNetwork: new, 2 resources" in desk.type("deploy", "--yes")[1]


def test_a_switch_that_the_deploy_starts_is_followed(desk: Desk) -> None:
    running = replace(switch(2, GREEN, GREEN, Outcome.REPAIRED), phase="verify", said="the rule has moved")

    def effect() -> int:
        desk.deployed.journal.known = [running]
        return 0

    desk.deployment.effect = effect

    assert "  verify    the rule has moved" in desk.type("deploy", "--yes")[1]


def test_permissions_are_widened_by_nobody_unasked(desk: Desk) -> None:
    desk.deployment.widened = ["GreenlightNetwork"]

    code, said = desk.type("deploy", "--yes")

    assert code == 1
    assert "GreenlightNetwork would widen permissions, which needs somebody's consent" in said


def test_whoever_allows_wider_permissions_beforehand_is_not_asked(desk: Desk) -> None:
    desk.deployment.widened = ["GreenlightNetwork"]

    assert desk.type("deploy", "--yes", "--allow-security-changes")[0] == 0


def test_ctrl_c_is_one_line_that_says_what_goes_on(desk: Desk) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    desk.deployment.effect = interrupted

    code, said = desk.type("deploy", "--yes")

    assert code == 1
    assert said.splitlines()[-1] == f"Error: {deploying.LEFT_RUNNING}"


def test_a_deploy_that_fails_says_why_and_what_is_live(desk: Desk) -> None:
    desk.deployment.effect = lambda: 1

    code, said = desk.type("deploy", "--yes")

    assert code == 1
    assert said.splitlines()[-1] == "Error: the deploy failed: the stack failed. shop: green 2.0.0 is live"


def test_a_first_deployment_that_fails_says_why(desk: Desk) -> None:
    desk.deployed.has_journal = False
    desk.deployment.effect = lambda: 1

    code, said = desk.type("deploy", "--yes")

    assert code == 1
    assert "the deploy failed: the stack failed. Nothing of it was live before" in said


def test_something_else_that_is_live_afterwards_is_a_failure(desk: Desk) -> None:
    desk.becomes(BLUE)

    code, said = desk.type("deploy", "--yes")

    assert code == 1
    assert "shop: green 2.0.0 was live, and now the production rule has blue 100, green 0" in said


def test_what_cannot_be_read_afterwards_does_not_hide_that_the_deploy_ended_well(desk: Desk) -> None:
    def effect() -> int:
        desk.deployed.refuses = DENIED
        return 0

    desk.deployment.effect = effect

    code, said = desk.type("deploy", "--yes")

    assert code == 1
    assert "the deploy ended well. What is live could not be read: " in said


def test_credentials_that_expire_in_the_middle_are_one_line(desk: Desk) -> None:
    def effect() -> int:
        desk.deployed.refuses = ClientError({"Error": {"Code": "ExpiredToken", "Message": "expired"}}, "DescribeRules")
        return 1

    desk.deployment.effect = effect

    last = desk.type("deploy", "--yes")[1].splitlines()[-1]

    assert last.startswith("Error: your AWS credentials have expired")
    assert last.endswith("Then run `greenlight deploy` again")


def test_a_rule_that_is_not_as_remembered_refuses_nothing_and_is_told_at_the_end(desk: Desk) -> None:
    desk.deployed.now = scene(GREEN, Weights(50, 50))

    code, said = desk.type("deploy", "--yes")

    assert code == 0
    assert "`greenlight repair` puts it back" in said.splitlines()[-1]


def test_a_live_color_that_was_changed_in_place_is_refused(desk: Desk) -> None:
    desk.deployed.running = {Color.BLUE: "1.0.0", Color.GREEN: "2.1.0"}

    code, said = desk.type("deploy", "--yes")

    assert (code, desk.deployment.commands) == (1, [])
    assert "green was deployed with 2.1.0 since, past the switch" in said


def test_at_a_stage_its_stacks_are_deployed_with_its_own_facts(desk: Desk) -> None:
    staging = {"vpc_cidr": "10.21.0.0/16", **CONTEXT}
    (desk.folder / "cdk.json").write_text(json.dumps({"context": {**CONTEXT, "stages": {"staging": staging}}}))

    code, said = desk.type("deploy", "--yes", "--stage", "staging")

    synth, _ = desk.deployment.commands
    assert (code, said.splitlines()[0]) == (0, "stage staging")
    assert {"stage=staging", "shop.green_version=2.0.0"} <= set(synth)


@pytest.mark.parametrize(
    ("declared", "deployed", "asked"),
    [
        (None, "2026-11-22T10:55Z", ["host_renewed_at=2026-11-22T10:55Z"]),
        ("2026-10-01T00:00Z", "2026-11-22T10:55Z", ["host_renewed_at=2026-11-22T10:55Z"]),
        ("2026-12-01T00:00Z", "2026-11-22T10:55Z", []),
        ("2026-12-01T00:00Z", "never", []),
    ],
    ids=["never committed", "an earlier one is declared", "a later one is wanted", "the first one is wanted"],
)
def test_a_host_that_was_renewed_stays_whatever_cdk_json_knows_of_it(
    desk: Desk, declared: str | None, deployed: str, asked: list[str]
) -> None:
    more = {"host_renewed_at": declared} if declared else {}
    (desk.folder / "cdk.json").write_text(json.dumps({"context": {**CONTEXT, **more}}))
    desk.deployed.renewed = deployed
    desk.type("deploy", "--yes")

    assert [word for word in desk.deployment.commands[0] if word.startswith("host_renewed_at")] == asked
