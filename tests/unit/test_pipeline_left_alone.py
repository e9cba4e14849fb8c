"""The stacks of pipeline and registry are an administrator's: neither a release nor a deploy changes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.operator_world import GREEN, Desk, seated

STACK = "GreenlightPipeline"
NEW: dict[str, Any] = {"Resources": {"New": {"Type": "AWS::CodeBuild::Project"}}}
OTHERS: dict[str, Any] = {name: {"Resources": {}} for name in ("GreenlightNetwork", "GreenlightEc2Host")}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The commit changes the pipeline's stack."""
    made = seated(tmp_path, monkeypatch)
    made.deployment.templates = {**OTHERS, STACK: NEW}
    made.deployed.templates = dict(OTHERS)
    made.becomes(GREEN)
    return made


def test_a_release_takes_no_notice_of_it(desk: Desk) -> None:
    code, said = desk.type("release", "2.0.0", "--yes")

    (deploy,) = desk.deployment.deploys
    assert code == 0
    assert STACK not in deploy
    assert "deployed too" not in said


def test_a_release_that_deploys_all_others_leaves_it_out(desk: Desk) -> None:
    desk.deployed.templates = {}
    desk.type("release", "2.0.0", "--yes")

    (deploy,) = desk.deployment.deploys
    assert [each for each in deploy if each.startswith("Greenlight")] == list(OTHERS)
    assert "--all" not in deploy
    assert "--exclusively" in deploy


def test_a_deploy_of_it_alone_is_none(desk: Desk) -> None:
    code, said = desk.type("deploy", "--yes")

    assert (code, desk.deployment.deploys) == (0, [])
    assert "nothing was deployed" in said


def test_a_deploy_of_others_leaves_it_out(desk: Desk) -> None:
    desk.deployed.templates = {}
    desk.becomes(desk.deployed.now.live or GREEN)
    code, _ = desk.type("deploy", "--yes")

    (deploy,) = desk.deployment.deploys
    assert code == 0
    assert [each for each in deploy if each.startswith("Greenlight")] == list(OTHERS)


def test_what_an_administrator_deploys_is_left_out(desk: Desk) -> None:
    desk.deployment.templates = {**OTHERS, STACK: NEW, "GreenlightGovernance": NEW}
    desk.deployed.templates = {}
    desk.type("release", "2.0.0", "--yes")

    (deploy,) = desk.deployment.deploys
    assert [each for each in deploy if each.startswith("Greenlight")] == list(OTHERS)


def test_a_stages_pipeline_is_left_alone_too(desk: Desk) -> None:
    text = (desk.folder / "cdk.json").read_text()
    service = '"services": {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}}'
    staging = '"vpc_cidr": "10.21.0.0/16", ' + service
    (desk.folder / "cdk.json").write_text(
        text.replace('{"services"', f'{{"stages": {{"staging": {{{staging}}}}}, "services"', 1)
    )
    desk.deployment.templates = {"GreenlightStagingNetwork": {"Resources": {}}, "GreenlightStagingPipeline": NEW}
    desk.deployed.templates = {}
    desk.becomes(desk.deployed.now.live or GREEN)
    desk.type("deploy", "--yes", "--stage", "staging")

    (deploy,) = desk.deployment.deploys
    assert [each for each in deploy if each.startswith("Greenlight")] == ["GreenlightStagingNetwork"]
