from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from traffic_switch.contract import RELEASE_RESOURCE_TYPE, Color
from traffic_switch.image import KnownImage, short
from traffic_switch.journal import Lock
from traffic_switch.model import Mode, Outcome, Weights

from greenlight.templates import Asked
from tests.unit.fake_deployment import write_assembly
from tests.unit.operator_world import BLUE, GREEN, Desk, alone, digest_of, green_is_live, scene, seated, switch

LOCK = Lock("s7", 1, reason="release green 2.0.0", since=1000.0)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return seated(tmp_path, monkeypatch)


def test_a_release_that_is_live_afterwards_is_written_down(desk: Desk) -> None:
    desk.becomes(GREEN)

    code, said = desk.type("release", "2.0.0", "--yes")

    assert (code, said.splitlines()[-1]) == (0, "shop 2.0.0 is live on green")
    assert desk.declared["active_color"] == "green"
    assert desk.declared["attempt"] == 2


@pytest.mark.parametrize("words", [["release", "3.0.0"], ["rollback"]], ids=["release", "rollback"])
def test_a_deploy_that_changed_nothing_is_a_failure_that_says_where_the_traffic_is(
    words: list[str], desk: Desk
) -> None:
    green_is_live(desk)

    code, said = desk.type(*words, "--yes")

    assert code == 1
    assert "the production rule has blue 0, green 100; the journal remembers green 2.0.0 as live" in said
    assert "is live on" not in said
    assert "active_color" not in desk.declared


def test_a_rule_that_was_edited_meanwhile_is_a_failure_too(desk: Desk) -> None:
    def effect() -> int:
        desk.deployed.now = scene(GREEN, Weights(50, 50))
        return 0

    desk.deployment.effect = effect

    code, said = desk.type("release", "2.0.0", "--yes")

    assert code == 1
    assert "`greenlight repair` puts it back" in said


@pytest.mark.parametrize("words", [["release", "3.0.0"], ["rollback"]], ids=["release", "rollback"])
def test_nothing_is_deployed_while_a_switch_is_running(words: list[str], desk: Desk) -> None:
    green_is_live(desk)
    desk.deployed.journal.held = LOCK

    code, said = desk.type(*words, "--yes")

    assert code == 1
    assert "the switch s7 (release green 2.0.0) is running" in said
    assert desk.deployment.commands == []


@pytest.mark.parametrize("words", [["release", "3.0.0"], ["rollback"]], ids=["release", "rollback"])
def test_nothing_is_deployed_while_the_rule_has_drifted(words: list[str], desk: Desk) -> None:
    green_is_live(desk)
    desk.deployed.now = scene(GREEN, Weights(50, 50))

    code, said = desk.type(*words, "--yes")

    assert code == 1
    assert "`greenlight repair` puts it back. Do that first" in said
    assert desk.deployment.commands == []


def test_a_failed_release_is_told_in_the_switchs_own_words(desk: Desk) -> None:
    desk.becomes(BLUE, code=1)
    failed = switch(2, GREEN, BLUE, Outcome.ROLLED_BACK, reason="Bake failed: too many errors.")

    def effect() -> int:
        desk.deployed.journal.known = [failed]
        return 1

    desk.deployment.effect = effect

    code, said = desk.type("release", "2.0.0", "--yes")

    assert code == 1
    assert (
        "shop 2.0.0 is not live on green: Bake failed: too many errors. Now the production rule has blue 100, green 0; "
        "the journal remembers blue 1.0.0 as live. `greenlight status` shows more"
    ) in said


EXPIRED = ClientError({"Error": {"Code": "ExpiredToken", "Message": "is expired"}}, "DescribeRules")


def test_credentials_that_expire_in_the_middle_are_one_line_that_says_what_goes_on(desk: Desk) -> None:
    def effect() -> int:
        desk.deployed.refuses = EXPIRED
        return 1

    desk.deployment.effect = effect

    code, said = desk.type("release", "2.0.0", "--yes")

    last = said.splitlines()[-1]
    assert code == 1
    assert last.startswith("Error: your AWS credentials have expired: sign in again")
    assert "CloudFormation finishes the stack that it is at, and nothing after it" in last
    assert "cdk.json is unchanged" in last
    assert "active_color" not in desk.declared


def test_credentials_that_expire_after_the_deploy_do_not_hide_that_it_ended_well(desk: Desk) -> None:
    def effect() -> int:
        desk.deployed.refuses = EXPIRED
        return 0

    desk.deployment.effect = effect

    code, said = desk.type("release", "2.0.0", "--yes")

    last = said.splitlines()[-1]
    assert code == 1
    assert "the deploy ended well, but whether shop 2.0.0 is live could not be read: your AWS credentials" in last
    assert "`greenlight release 2.0.0 --service shop` goes on from there" in last


def test_a_failure_outside_the_switch_is_told_in_cloudformations_words(desk: Desk) -> None:
    restored = switch(2, GREEN, BLUE, Outcome.UNCHANGED, reason="nothing to undo")
    restored = replace(restored, switch=replace(restored.switch, mode=Mode.RESTORE))

    def effect() -> int:
        desk.deployed.journal.known = [restored]
        return 1

    desk.deployment.effect = effect

    assert "shop 2.0.0 is not live on green: the stack failed. " in desk.type("release", "2.0.0", "--yes")[1]


def test_a_failed_deploy_whose_switch_is_done_says_both(desk: Desk) -> None:
    desk.becomes(GREEN, code=1)

    code, said = desk.type("release", "2.0.0", "--yes")

    assert code == 1
    assert "the deploy failed: the stack failed. Still, shop 2.0.0 is what is live" in said


SYNTHESIZED: dict[str, dict[str, Any]] = {
    name: {"Resources": {name: {}}} for name in ("GreenlightNetwork", "GreenlightSwitch")
}
OURS: dict[str, dict[str, Any]] = {
    "GreenlightEc2Host": {"Resources": {"New": {}}},
    "GreenlightRelease": {"Resources": {"New": {}}},
}


def test_a_release_deploys_compute_and_release_alone_where_nothing_else_would_change(desk: Desk) -> None:
    desk.deployment.templates = {**SYNTHESIZED, **OURS}
    desk.deployed.templates = SYNTHESIZED
    desk.becomes(GREEN)

    code, said = desk.type("release", "2.0.0", "--yes")

    synth, deploy = desk.deployment.commands
    assert (code, alone(deploy)) == (0, ["GreenlightEc2Host", "GreenlightRelease"])
    assert "shop.green_version=2.0.0" in synth
    assert deploy[deploy.index("--app") + 1] == str(desk.folder / "build" / "cdk.out" / "release")
    assert "deployed too" not in said


def test_a_release_deploys_everything_when_another_stack_would_change(desk: Desk) -> None:
    desk.deployment.templates = {**SYNTHESIZED, **OURS}
    desk.deployed.templates = {**SYNTHESIZED, "GreenlightNetwork": {}}
    desk.becomes(GREEN)

    code, said = desk.type("release", "2.0.0", "--yes")

    (deploy,) = desk.deployment.deploys
    assert code == 0
    assert "--all" in deploy
    assert "--exclusively" not in deploy
    assert "deployed too, since it is not as it is declared: GreenlightNetwork\n" in said


def test_templates_that_cannot_be_synthesized_end_the_release(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.deployment, "follow", lambda *_: 1)

    code, said = desk.type("release", "2.0.0", "--yes")

    assert code == 1
    assert "the templates cannot be synthesized: the stack failed. Nothing was changed" in said
    assert desk.deployment.deploys == []


def test_a_release_without_an_image_is_refused(desk: Desk) -> None:
    code, said = desk.type("release", "9.9.9", "--yes")

    assert code == 1
    assert "there is no image 9.9.9 in the repository greenlight/shop" in said


def test_a_release_of_a_version_whose_tag_moved_is_refused_and_deploys_nothing(desk: Desk) -> None:
    desk.deployed.known = {"2.0.0": KnownImage(digest_of("2.0.0"), 900.0)}
    desk.deployed.pushed_again = {"2.0.0": "another"}

    code, said = desk.type("release", "2.0.0", "--yes")

    assert (code, desk.deployment.deploys) == (1, [])
    assert f"the tag '2.0.0' is on {digest_of('another')}, but 2.0.0 was first deployed" in said
    assert "Nothing was changed" in said


def test_a_plan_says_which_images_it_is_about(desk: Desk) -> None:
    desk.deployed.now = scene(replace(BLUE, digest=digest_of("1.0.0")))
    desk.becomes(GREEN)

    _, said = desk.type("release", "2.0.0", "--yes")

    assert f"blue 1.0.0 ({short(digest_of('1.0.0'))}) is live; green 2.0.0 ({short(digest_of('2.0.0'))}) goes" in said


def test_a_version_that_an_application_made_up_reaches_the_terminal_as_plain_text(desk: Desk) -> None:
    made_up = replace(BLUE, version="1\x1b[2J")
    desk.deployed.now = scene(GREEN)
    desk.deployed.journal.known = [switch(1, GREEN, made_up)]
    desk.deployed.running = {Color.BLUE: made_up.version}
    desk.becomes(made_up)

    code, said = desk.type("rollback", "--yes")

    assert (code, said.splitlines()[-1]) == (0, "shop 1�[2J is live on blue")


def assembly(desk: Desk, color: str, version: str, attempt: int, **more: str) -> str:
    properties = {"Service": "shop", "Color": color, "Version": version, "Attempt": attempt, **more}
    body = {"Resources": {"Shop": {"Type": RELEASE_RESOURCE_TYPE, "Properties": properties}}}
    write_assembly(desk.folder / "assembly", {"GreenlightRelease": body})
    return str(desk.folder / "assembly")


def test_with_an_assembly_its_attempt_is_what_is_written_down(desk: Desk) -> None:
    desk.becomes(GREEN)

    code, _ = desk.type("release", "2.0.0", "--yes", "--app", assembly(desk, "green", "2.0.0", 7))

    assert (code, desk.declared["attempt"]) == (0, 7)


def test_an_assembly_that_asks_for_something_else_is_refused(desk: Desk) -> None:
    code, said = desk.type("release", "2.0.0", "--yes", "--app", assembly(desk, "blue", "1.0.0", 7))

    assert code == 1
    assert "asks for blue 1.0.0 of shop, wanted green 2.0.0" in said


def test_an_assembly_that_asks_for_what_the_stack_has_is_refused(desk: Desk) -> None:
    desk.deployed.stack = Asked("Shop", "green", "2.0.0", 7)

    code, said = desk.type("release", "2.0.0", "--yes", "--app", assembly(desk, "green", "2.0.0", 7))

    assert code == 1
    assert "has already, attempt 7" in said


@pytest.mark.parametrize(
    ("words", "said_there", "told"),
    [
        (["--one-way"], {}, "says of one-way doors: nothing, wanted OneWay"),
        ([], {"OneWay": "true"}, "says of one-way doors: OneWay, wanted nothing"),
        ([], {"UndoOneWay": "3"}, "says of one-way doors: UndoOneWay 3, wanted nothing"),
    ],
)
def test_an_assembly_that_says_something_else_of_doors_is_refused(
    words: list[str], said_there: dict[str, str], told: str, desk: Desk
) -> None:
    there = assembly(desk, "green", "2.0.0", 7, **said_there)
    code, said = desk.type("release", "2.0.0", "--yes", "--app", there, *words)

    assert code == 1
    assert told in said


def test_a_one_way_release_is_asked_for_and_written_down(desk: Desk) -> None:
    desk.becomes(GREEN)

    code, said = desk.type("release", "2.0.0", "--yes", "--one-way")

    assert (code, desk.declared["one_way"]) == (0, "2.0.0")
    assert "STAYS THERE if that goes wrong" in said
