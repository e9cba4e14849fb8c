"""What builds of the pipeline ask of their clone: which version it is, and what its release would do."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from traffic_switch.journal import Lock

from greenlight.commands.pipeline import plan as pipeline_plan
from greenlight.delivery.exports import write_exports
from tests.unit.operator_world import BLUE, Desk, digest_of, scene, seated

FILE = "build/delivery/out.env"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = seated(tmp_path, monkeypatch)
    monkeypatch.setattr(pipeline_plan, "Deployed", made.deployed_at)
    (tmp_path / "services" / "shop").mkdir(parents=True)
    wants(made, "2.0.0")
    return made


def wants(desk: Desk, version: object) -> None:
    """Let the commit say a version in the way of Node."""
    (desk.folder / "services" / "shop" / "package.json").write_text(json.dumps({"version": version}))


def handed_on(file: Path) -> dict[str, str]:
    """What a shell knows that has read the file."""
    said = subprocess.run(
        ["bash", "-c", f'env -i bash --noprofile -c ". {file}; export -p"'], capture_output=True, text=True, check=True
    ).stdout
    pairs = (line.removeprefix("declare -x ").partition("=") for line in said.splitlines() if "=" in line)
    return {name: value.strip('"') for name, _, value in pairs if name not in ("PWD", "SHLVL", "OLDPWD")}


def test_the_version_is_the_packages(desk: Desk) -> None:
    assert desk.type("pipeline", "service", "shop", "--into", FILE)[0] == 0

    assert handed_on(desk.folder / FILE) == {
        "VERSION": "2.0.0",
        "FOLDER": "services/shop",
        "REPOSITORY": "greenlight/shop",
        "CACHE_REPOSITORY": "",
    }


def test_a_file_of_its_own_goes_before_the_packages(desk: Desk) -> None:
    (desk.folder / "services" / "shop" / "VERSION").write_text("2.1.0\n")
    desk.type("pipeline", "service", "shop", "--into", FILE)

    assert handed_on(desk.folder / FILE)["VERSION"] == "2.1.0"


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (None, "package.json has no version; allowed: a file VERSION with one line"),
        ("2.0 .0", "got '2.0 .0'; allowed:"),
    ],
)
def test_a_commit_that_says_no_version_is_told_how(desk: Desk, version: object, said: str) -> None:
    wants(desk, version)
    code, output = desk.type("pipeline", "service", "shop", "--into", FILE)

    assert code == 1
    assert said in output
    assert not (desk.folder / FILE).exists()


@pytest.mark.parametrize("text", ["", "2.0.0 beta\n"])
def test_a_file_with_more_or_less_than_a_version_is_refused(desk: Desk, text: str) -> None:
    (desk.folder / "services" / "shop" / "VERSION").write_text(text)
    code, output = desk.type("pipeline", "service", "shop", "--into", FILE)

    assert code == 1
    assert f"VERSION has {len(text.split())} words" in output


def test_a_plan_hands_on_what_a_release_is_told(desk: Desk) -> None:
    code, output = desk.type("pipeline", "plan", "shop", "--into", FILE)

    assert code == 0
    assert "shop: blue 1.0.0 is live; green 2.0.0" in output
    assert handed_on(desk.folder / FILE) == {
        "VERSION": "2.0.0",
        "DIGEST": digest_of("2.0.0"),
        "COLOR": "green",
        "LIVE": "blue 1.0.0",
    }


def test_a_version_that_is_live_already_is_no_release(desk: Desk) -> None:
    wants(desk, "1.0.0")
    code, output = desk.type("pipeline", "plan", "shop", "--into", FILE)

    assert code == 0
    assert "is live already: no version is released" in output
    assert handed_on(desk.folder / FILE) == {
        "VERSION": "1.0.0",
        "DIGEST": digest_of("1.0.0"),
        "COLOR": "blue",
        "LIVE": "blue 1.0.0",
    }


def test_where_nothing_is_live_the_plan_says_so(desk: Desk) -> None:
    desk.deployed.now = scene(None)
    desk.type("pipeline", "plan", "shop", "--into", FILE)

    assert handed_on(desk.folder / FILE)["LIVE"] == "nothing"


def test_a_version_without_an_image_cannot_be_planned(desk: Desk) -> None:
    wants(desk, "9.9.9")
    code, output = desk.type("pipeline", "plan", "shop", "--into", FILE)

    assert code == 1
    assert "there is no image 9.9.9" in output
    assert not (desk.folder / FILE).exists()


def test_nothing_is_planned_while_a_switch_runs(desk: Desk) -> None:
    desk.deployed.journal.held = Lock("s1", 0, "shop to green 2.0.0", "")
    code, _ = desk.type("pipeline", "plan", "shop", "--into", FILE)

    assert code == 1
    assert not (desk.folder / FILE).exists()


def test_a_plan_says_which_stacks_would_change_with_what_is_live_of_the_others(desk: Desk) -> None:
    bucket = {"Type": "AWS::S3::Bucket"}
    desk.deployment.templates = {"GreenlightEdge": {"Resources": {"Logs": bucket}}, "GreenlightData": {}}
    desk.deployed.templates = {"GreenlightEdge": {"Resources": {}}}
    _, output = desk.type("pipeline", "plan", "shop", "--into", FILE)

    assert "GreenlightEdge: adds Logs (AWS::S3::Bucket)" in output
    assert "GreenlightData" not in output
    (synth,) = desk.deployment.commands
    assert {"shop.green_version=2.0.0", "shop.active_color=green"} <= set(synth)


def test_a_plan_changes_nothing(desk: Desk) -> None:
    before = (desk.folder / "cdk.json").read_text()
    desk.type("pipeline", "plan", "shop", "--into", FILE)

    assert (desk.folder / "cdk.json").read_text() == before
    assert desk.deployed.now.live == BLUE
    assert not desk.deployment.deploys


def test_what_is_handed_on_is_never_a_command(tmp_path: Path) -> None:
    evil = "$(touch /tmp/x); 'a' \"b\" `c` \\"
    write_exports(tmp_path / "a.env", {"LIVE": evil})
    said = subprocess.run(
        ["bash", "-c", f'. {tmp_path / "a.env"}; printf %s "$LIVE"'], capture_output=True, text=True, check=True
    )

    assert said.stdout == evil


def test_a_service_that_is_new_is_to_be_deployed_by_hand_first(desk: Desk) -> None:
    desk.deployed.without = ("shop",)
    code, output = desk.type("pipeline", "plan", "shop", "--into", FILE)

    assert code == 1
    assert "shop is new: nothing of it is deployed here" in output
    assert "`greenlight deploy`, then `npx cdk deploy GreenlightPipeline --exclusively`" in output
    assert desk.deployment.commands == []


def test_a_plan_keeps_the_host_that_is_there(desk: Desk) -> None:
    desk.deployed.renewed = "2026-11-22T10:55Z"
    desk.type("pipeline", "plan", "shop", "--into", FILE)

    (synth,) = desk.deployment.commands
    assert "host_renewed_at=2026-11-22T10:55Z" in synth
