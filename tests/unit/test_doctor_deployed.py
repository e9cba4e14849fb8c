"""What the doctor judges of what is deployed: each problem is one line, and so is all that is sound."""

from __future__ import annotations

import pytest
from greenlight_cdk.names import Names
from traffic_switch.contract import Color
from traffic_switch.journal import Lock
from traffic_switch.model import Live, RuleLook, Target, Weights

from greenlight.doctor.alarms import judge_alarms
from greenlight.doctor.finding import Status
from greenlight.doctor.stack_states import judge_stacks
from greenlight.doctor.traffic import judge_traffic
from greenlight.doctor.upkeep import (
    SecretLook,
    judge_listeners,
    judge_protection,
    judge_secret,
    judge_settings,
    judge_tools,
)
from greenlight.scene import Scene
from greenlight.wording import at_stage
from stacks.settings import ServiceSettings
from tests.unit.doctor_findings import OK, PROBLEM, WARNING, expect

SERVICE = ServiceSettings(name="shop", blue_version="1", green_version="1", source="services/shop")
ON_BLUE = Live(Color.BLUE, "1", Weights(100, 0))
FINE = Target("i-1", 3000, "healthy")
ILL = Target("i-1", 3000, "unhealthy", "Target.ResponseCodeMismatch")


@pytest.mark.parametrize(
    ("states", "status", "words"),
    [
        ({"sales": "OK", "own": "OK"}, OK, ["1 of alarm_names"]),
        ({"own": "OK"}, PROBLEM, ["there is no alarm sales", "correct alarm_names"]),
        ({"sales": "ALARM", "own": "OK"}, PROBLEM, ["sales is in ALARM"]),
        ({"sales": "INSUFFICIENT_DATA", "own": "OK"}, WARNING, ["sales has no data"]),
        ({"sales": "OK", "own": "ALARM"}, WARNING, ["own is in ALARM"]),
        ({"sales": "OK", "own": "INSUFFICIENT_DATA"}, OK, []),
        ({"sales": "OK"}, PROBLEM, ["own was deleted outside CloudFormation: a switch", "--revert-drift"]),
    ],
)
def test_the_alarms_that_guard_a_switch_let_one_through(
    states: dict[str, str], status: Status, words: list[str]
) -> None:
    expect(judge_alarms(["sales"], ["own"], ["own"], states), status, *words)


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ({"GivenUp": "ALARM"}, ["GivenUp is in ALARM, which no switch minds", "its description"]),
        ({}, ["GivenUp was deleted outside CloudFormation: nobody would be told", "--revert-drift"]),
    ],
)
def test_an_alarm_that_guards_no_color_refuses_no_switch(states: dict[str, str], words: list[str]) -> None:
    expect(judge_alarms([], ["GivenUp"], ["own"], states), WARNING, *words)


def test_the_repair_of_a_deleted_alarm_takes_no_stack_down() -> None:
    (found,) = judge_alarms([], ["own"], ["own"], {})

    assert "destroy" not in found.repair
    assert at_stage(found.repair, Names("staging")).startswith(
        "`npx cdk deploy -c stage=staging GreenlightStagingSwitch --exclusively --revert-drift`"
    )


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        ("UPDATE_COMPLETE", OK, ["1 of 2 are deployed"]),
        ("UPDATE_ROLLBACK_COMPLETE", OK, []),
        ("UPDATE_ROLLBACK_FAILED", PROBLEM, ["takes no update", "npx cdk rollback Edge"]),
        ("UPDATE_FAILED", PROBLEM, ["a deploy without rollback failed", "npx cdk rollback Edge"]),
        ("CREATE_FAILED", PROBLEM, ["a deploy without rollback failed", "npx cdk rollback Edge"]),
        ("ROLLBACK_FAILED", PROBLEM, ["npx cdk destroy Edge"]),
        ("DELETE_FAILED", PROBLEM, ["takes no update"]),
        ("UPDATE_IN_PROGRESS", PROBLEM, ["an operation is under way"]),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", PROBLEM, ["wait until it has ended"]),
        ("REVIEW_IN_PROGRESS", WARNING, ["never executed"]),
        ("ROLLBACK_COMPLETE", WARNING, ["its creation failed"]),
    ],
)
def test_cloudformation_takes_an_update_of_every_stack(state: str, status: Status, words: list[str]) -> None:
    expect(judge_stacks({"Edge": state, "Release": ""}), status, *words)


def scene(live: Live | None = ON_BLUE, blue: int = 100, target: Target = FINE, lock: Lock | None = None) -> Scene:
    rule = RuleLook("arn:rule", Weights(blue, 100 - blue))
    return Scene(live, rule, {Color.BLUE: (target,), Color.GREEN: (FINE,)}, lock)


RUNNING = Lock("switch-1", 1, reason="a release", since=1.0, deadline=100.0)


@pytest.mark.parametrize(
    ("seen", "declared", "status", "words"),
    [
        (scene(), "1", OK, ["shop: ", "blue 1 as live"]),
        (scene(blue=50), "1", PROBLEM, ["the journal remembers", "greenlight repair"]),
        (scene(lock=RUNNING), "1", PROBLEM, ["switch-1", "is running", "greenlight status"]),
        (scene(target=ILL), "1", WARNING, ["no target of blue", "no way back"]),
        (scene(), "2", PROBLEM, ["live with 1, and cdk.json declares 2", "set blue_version to 1"]),
    ],
)
def test_a_service_may_be_changed_now(seen: Scene, declared: str, status: Status, words: list[str]) -> None:
    service = SERVICE.model_copy(update={"blue_version": declared})

    expect(judge_traffic(service, seen, False, now=50.0), status, *words)


def test_a_live_color_may_be_changed_when_that_is_allowed() -> None:
    service = SERVICE.model_copy(update={"blue_version": "2"})

    expect(judge_traffic(service, scene(), True, now=50.0), OK)


def test_a_secret_that_goes_or_is_gone_is_a_problem() -> None:
    there, going = SecretLook(False, 400), SecretLook(True, 1)
    expect([judge_secret("preview", there, 0)], OK)
    expect([judge_secret("preview", going, 30)], PROBLEM, "aws secretsmanager restore-secret --secret-id preview")
    expect([judge_secret("preview", None, 30)], PROBLEM, "does not exist any more", "while users get no answer")


def test_a_secret_that_ought_to_have_been_rotated_is_told() -> None:
    expect([judge_secret("preview", SecretLook(False, 32), 30)], OK)
    expect([judge_secret("preview", SecretLook(False, 33), 30)], WARNING, "for 33 days", "`greenlight rotate-preview`")


def test_a_deploy_that_takes_protection_away_says_so() -> None:
    expect(judge_protection(True, {"the table": True}), OK)
    expect(judge_protection(True, {}), OK, "nothing is deployed")
    expect(judge_protection(False, {"the table": True}), WARNING, "the next deploy takes that away")
    expect(judge_protection(True, {"the table": False}), WARNING, "the next deploy protects it")


def test_whoever_is_to_be_mailed_has_confirmed_it() -> None:
    expect(judge_listeners(None, None), OK, "nobody is mailed")
    expect(judge_listeners("a@b.c", {}), OK, "the next deploy subscribes a@b.c")
    expect(judge_listeners("a@b.c", {"a@b.c": "PendingConfirmation"}), WARNING, "confirm the mail")
    expect(judge_listeners("a@b.c", {"a@b.c": "arn:aws:sns:us-east-1:1:topic:1"}), OK, "is mailed")


def test_the_cdk_cli_is_the_one_that_is_pinned() -> None:
    expect(judge_tools("2.1", "2.1"), OK)
    expect(judge_tools("2.1", "3.0"), PROBLEM, "is 3.0, and package.json pins 2.1", "make setup")
    expect(judge_tools("2.1", None), PROBLEM, "not installed")


def test_every_refused_change_of_settings_has_its_own_way_out() -> None:
    network, certificate = judge_settings([("vpc_cidr: no", "destroy it"), ("certificate_arn: no", "deploy twice")])

    expect([network], PROBLEM, "vpc_cidr: no | keep what is deployed, or destroy it")
    expect([certificate], PROBLEM, "certificate_arn: no | keep what is deployed, or deploy twice")
    expect(judge_settings([]), OK)
