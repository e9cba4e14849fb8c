from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from greenlight_cdk.names import STACK_KINDS, Names, StackKind
from traffic_switch.advice import for_stage

from greenlight.wording import at_stage
from stacks.options.stages import agree_on_stage
from stacks.settings import SettingsError
from tests.unit.operator_world import BLUE, CONTEXT, GREEN, Desk, scene, seated, switch

STAGING = {
    "vpc_cidr": "10.21.0.0/16",
    "services": {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}},
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = seated(tmp_path, monkeypatch)
    declare(made, STAGING)
    return made


def declare(desk: Desk, staging: dict[str, Any]) -> None:
    context = {**CONTEXT, "stages": {"staging": staging}}
    (desk.folder / "cdk.json").write_text(json.dumps({"context": context}))


def facts(desk: Desk) -> dict[str, Any]:
    context = json.loads((desk.folder / "cdk.json").read_text())["context"]
    return dict(context["stages"]["staging"]["services"]["shop"])


def test_a_release_at_a_stage_deploys_that_stage_and_declares_its_facts_there(desk: Desk) -> None:
    desk.becomes(GREEN)

    code, said = desk.type("release", "2.0.0", "--yes", "--stage", "staging")

    synth, deploy = desk.deployment.commands
    assert code == 0
    assert {"stage=staging", "shop.green_version=2.0.0"} <= set(synth)
    assert {"GreenlightStagingEc2Host", "GreenlightStagingRelease", "--exclusively"} <= set(deploy)
    assert said.splitlines()[0] == "stage staging"
    assert said.splitlines()[-1] == "shop 2.0.0 is live on green at the stage staging"
    assert facts(desk)["green_version"] == "2.0.0"
    assert desk.declared == CONTEXT["services"]["shop"]


def test_a_release_of_production_names_no_stage_and_leaves_the_stages_alone(desk: Desk) -> None:
    desk.becomes(GREEN)

    _, said = desk.type("release", "2.0.0", "--yes")

    assert not [word for word in desk.deployment.commands[0] if word.startswith("stage=")]
    assert "stage" not in said
    assert facts(desk) == STAGING["services"]["shop"]  # type: ignore[index]
    assert desk.declared["green_version"] == "2.0.0"


def test_a_rollback_at_a_stage_deploys_that_stages_release_alone(desk: Desk) -> None:
    desk.deployed.now = scene(GREEN)
    desk.deployed.journal.known = [switch(1, GREEN, BLUE)]
    desk.becomes(BLUE)

    code, _ = desk.type("rollback", "--yes", "--stage", "staging")

    (command,) = desk.deployment.commands
    assert code == 0
    assert {"GreenlightStagingRelease", "--exclusively", "stage=staging"} <= set(command)


@pytest.mark.parametrize("words", [["release", "2.0.0"], ["rollback"], ["status"], ["history"], ["abort"], ["repair"]])
def test_every_command_looks_at_the_stages_own_stacks(words: list[str], desk: Desk) -> None:
    desk.type(*words, "--stage", "staging")

    assert desk.deployed.names.stack("Edge") == "GreenlightStagingEdge"


@pytest.mark.parametrize("words", [["release", "2.0.0"], ["rollback"], ["status"], ["history"], ["abort"], ["repair"]])
def test_no_command_takes_a_stage_that_is_not_declared_for_production(words: list[str], desk: Desk) -> None:
    code, said = desk.type(*words, "--stage", "qa")

    assert code == 1
    assert "Error: stage: got 'qa'; allowed: one that cdk.json declares under `stages`: staging" in said
    assert desk.deployment.commands == []


def test_the_environment_names_a_stage_as_the_option_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENLIGHT_STAGE", "staging")

    assert desk.type("status")[1].startswith("stage staging\n")
    assert desk.deployed.names == Names("staging")


@pytest.mark.parametrize("command", ["status", "history"])
def test_json_names_the_stage_and_stays_json(command: str, desk: Desk) -> None:
    assert json.loads(desk.type(command, "--json", "--stage", "staging")[1])["stage"] == "staging"
    assert json.loads(desk.type(command, "--json")[1])["stage"] is None


def test_an_empty_stage_is_never_production(desk: Desk) -> None:
    code, said = desk.type("status", "--stage", "")

    assert code == 1
    assert "stage: got ''; allowed: one that cdk.json declares" in said


def test_advice_names_the_stage(desk: Desk) -> None:
    desk.deployed.now = scene(BLUE, GREEN.weights)

    _, said = desk.type("release", "2.0.0", "--yes", "--stage", "staging")

    assert "stage staging: shop: " in said
    assert "`greenlight repair --stage staging` puts it back" in said


def test_an_image_is_looked_for_where_the_stage_has_it(desk: Desk) -> None:
    assert "no image 9 in the repository greenlight-staging/shop" in desk.type("release", "9", "--stage", "staging")[1]

    declare(desk, {**STAGING, "repositories": "shared"})

    assert "no image 9 in the repository greenlight/shop" in desk.type("release", "9", "--stage", "staging")[1]


def test_two_deploys_at_once_write_into_folders_of_their_own(desk: Desk) -> None:
    desk.becomes(GREEN)
    desk.type("release", "2.0.0", "--yes", "--stage", "staging")

    synth, _ = desk.deployment.commands
    assert synth[synth.index("--output") + 1] == "build/cdk.out/staging"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("run `greenlight repair`", "run `greenlight repair --stage staging`"),
        ("`npx cdk deploy --all`", "`npx cdk deploy -c stage=staging --all`"),
        ("`greenlight rehearse` knows no stage", "`greenlight rehearse` knows no stage"),
    ],
)
def test_commands_in_advice_get_the_stage(said: str, told: str) -> None:
    assert for_stage(said, "staging") == told
    assert for_stage(said, "") == said


def test_the_stack_in_advice_is_the_stages() -> None:
    advice = "`npx cdk deploy GreenlightSwitch` comes before that"

    assert at_stage(advice, Names("staging")) == (
        "`npx cdk deploy -c stage=staging GreenlightStagingSwitch` comes before that"
    )
    assert at_stage(advice, Names()) == advice


@pytest.mark.parametrize("kind", STACK_KINDS)
def test_every_stack_in_advice_is_the_stages(kind: StackKind) -> None:
    assert at_stage(Names().stack(kind), Names("staging")) == Names("staging").stack(kind)


def test_a_command_that_names_the_stage_already_gets_it_once() -> None:
    """The settings guard says it of itself: CloudFormation shows its words as they are."""
    advice = "run `npx cdk destroy GreenlightStagingNetwork -c stage=staging`, then `npx cdk deploy --all`"

    assert for_stage(advice, "staging") == (
        "run `npx cdk destroy GreenlightStagingNetwork -c stage=staging`, then `npx cdk deploy -c stage=staging --all`"
    )


@pytest.mark.parametrize("chosen", [None, "qa"])
def test_a_deploy_to_another_stage_than_the_environments_is_refused(chosen: str | None) -> None:
    with pytest.raises(SettingsError, match=r"but GREENLIGHT_STAGE says 'staging'; allowed: -c stage=staging, or"):
        agree_on_stage(chosen, {"GREENLIGHT_STAGE": "staging"})


@pytest.mark.parametrize("environment", [{}, {"GREENLIGHT_STAGE": ""}, {"GREENLIGHT_STAGE": "staging"}])
def test_a_deploy_to_the_environments_stage_goes_on(environment: dict[str, str]) -> None:
    agree_on_stage("staging", environment)
