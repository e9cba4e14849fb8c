"""The values of the preview header are rotated while switches run: whoever holds one, old or new, gets in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from preview_keys import handler
from preview_keys.keyring import DAY_SECONDS, OVERLAP_SECONDS
from preview_keys.world import World
from traffic_switch.contract import (
    LOAD_BALANCER_VARIABLE,
    PREVIEW_HEADER,
    PREVIEW_NAMES_VARIABLE,
    PREVIEW_SECRET_VARIABLE,
    PREVIEW_STAGE,
    ROTATION_DAYS_VARIABLE,
    SPREAD_SECONDS_VARIABLE,
    Color,
)
from traffic_switch.errors import PreviewError
from traffic_switch.model import Reply
from traffic_switch.taking_back import previewed

from tests.simulation.faults import Fault, Kind
from tests.simulation.line import Caller
from tests.simulation.machine import Machine
from tests.simulation.pieces.workbench import RELEASE, Workbench
from tests.simulation.site import LOAD_BALANCER, PLACE, SECRET

SPREAD_SECONDS = 60.0
GRANTS = frozenset(
    {
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:ModifyRule",
    }
)
"""What the role allows; tests/synth/test_preview_keys.py holds it against the template."""
ASKED: Mapping[str, Any] = {"rotate": True}
LOOK: Mapping[str, Any] = {"detail-type": "Scheduled Event"}


@dataclass
class Keys:
    """The function that rotates, beside the switch's."""

    bench: Workbench
    days: int = 30

    def world(self) -> World:
        variables = {
            PREVIEW_SECRET_VARIABLE: SECRET,
            LOAD_BALANCER_VARIABLE: f"{PLACE}:loadbalancer/{LOAD_BALANCER}",
            PREVIEW_NAMES_VARIABLE: "shop-blue,shop-green",
            ROTATION_DAYS_VARIABLE: str(self.days),
            SPREAD_SECONDS_VARIABLE: str(SPREAD_SECONDS),
        }
        return handler.world(Machine(self.bench.cloud, Caller("PreviewKeys", GRANTS, exposed=True), variables))

    def start(self, event: Mapping[str, Any] = ASKED) -> Callable[[], Any]:
        """Call it, and return what waits for its answer; what it raised is returned."""
        heard: list[Any] = []

        def run() -> None:
            try:
                heard.append(handler.serve(event, self.world(), 240.0))
            except Exception as error:
                heard.append(error)

        process = self.bench.cloud.kernel.spawn("PreviewKeys#1", run)

        def wait() -> Any:
            assert self.bench.cloud.kernel.wait(process)
            return heard[0]

        return wait

    def call(self, event: Mapping[str, Any] = ASKED) -> Any:
        return self.start(event)()

    def held(self, color: Color = Color.GREEN) -> Mapping[str, str]:
        """The headers that a function of the switch would hold, had it read them now."""
        return self.bench.run(lambda world: world.preview_headers(world.services["shop"], color), "Smoke")

    def asks(self, headers: Mapping[str, str]) -> Reply:
        """What who holds them gets for an answer."""
        return self.bench.run(lambda world: world.front_door(world.services["shop"]).ask("/shop/", headers), "Smoke")

    def environment(self, headers: Mapping[str, str]) -> str:
        return self.asks(headers).environment

    @property
    def sleep(self) -> Callable[[float], None]:
        return self.bench.cloud.kernel.sleep


@pytest.fixture
def keys(idle: Workbench) -> Keys:
    """Blue is live; a release to green holds the lock, and has not moved anything."""
    return Keys(idle)


def test_a_value_that_a_running_switch_holds_is_valid_after_a_rotation(keys: Keys) -> None:
    held = keys.held()

    assert keys.call()["rotated"] == ["shop-blue", "shop-green"]
    assert keys.held() != held
    assert keys.environment(held) == keys.environment(keys.held()) == "green"


def test_at_every_moment_of_a_rotation_the_smoke_test_passes(keys: Keys) -> None:
    """Rules take effect late, and not everywhere at once."""
    keys.bench.cloud.elbv2.propagation = (0.0, SPREAD_SECONDS / 2)
    wait = keys.start()
    for _ in range(40):
        assert keys.bench.step("Smoke", RELEASE)["verdict"] == "PASS"
        keys.sleep(3.0)

    assert wait()["rotated"]


def test_a_rotation_leaves_the_production_rule_alone(keys: Keys) -> None:
    before = keys.bench.greenlight.site.rule()
    keys.call()

    assert keys.bench.greenlight.site.rule() == before


def test_an_old_value_opens_nothing_once_its_time_is_over(keys: Keys) -> None:
    old = keys.held()
    keys.call()
    keys.sleep(OVERLAP_SECONDS)
    keys.call(LOOK)

    assert keys.environment(old) == "blue"
    assert keys.environment(keys.held()) == "green"


def test_values_of_one_color_do_not_open_the_other(keys: Keys) -> None:
    keys.call()
    keys.bench.greenlight.site.write_rule(0, 100)
    blue, green = (keys.held(color)[PREVIEW_HEADER].rpartition("-")[2] for color in Color)

    assert keys.environment({PREVIEW_HEADER: f"shop-blue-{green}"}) == "green"
    assert keys.environment({PREVIEW_HEADER: f"shop-blue-{blue}"}) == "blue"


def test_a_second_rotation_is_refused_while_the_old_values_may_be_held(keys: Keys) -> None:
    keys.call()
    held = keys.held()
    told = keys.call()

    assert told["rotated"] == []
    assert "may use the old ones until" in told["refused"]
    assert keys.held() == held


def test_a_refused_rotation_puts_a_rule_right_all_the_same(keys: Keys) -> None:
    keys.call()
    listener = keys.bench.cloud.elbv2.listeners[keys.bench.greenlight.site.listeners[0]]
    (green,) = (rule for rule in listener.rules.values() if rule["Priority"] == "11")
    header = {"HttpHeaderName": PREVIEW_HEADER, "Values": ["shop-green-other"]}
    condition = {"Field": "http-header", "HttpHeaderConfig": header}
    keys.bench.cloud.client("somebody", "elbv2").modify_rule(RuleArn=green["RuleArn"], Conditions=[condition])
    assert keys.environment(keys.held()) == "blue"

    assert keys.call()["refused"]
    assert keys.environment(keys.held()) == "green"


def test_whoever_asks_need_not_wait_until_it_is_time(keys: Keys) -> None:
    keys.call()
    keys.sleep(OVERLAP_SECONDS)

    assert keys.call()["rotated"] == ["shop-blue", "shop-green"]


def test_the_schedule_rotates_when_it_is_time_and_not_before(keys: Keys) -> None:
    keys.call()
    keys.sleep(29 * DAY_SECONDS)
    assert keys.call(LOOK)["rotated"] == []
    keys.sleep(DAY_SECONDS)

    assert keys.call(LOOK)["rotated"] == ["shop-blue", "shop-green"]


def test_without_a_schedule_nothing_is_rotated(keys: Keys) -> None:
    keys.days = 0
    keys.sleep(4000 * DAY_SECONDS)

    assert keys.call(LOOK)["rotated"] == []


@pytest.mark.parametrize("apart_seconds", [0.0, SPREAD_SECONDS / 2])
def test_of_two_rotations_at_once_one_is_refused_and_what_is_told_opens(keys: Keys, apart_seconds: float) -> None:
    first = keys.start()
    keys.sleep(apart_seconds)
    second = keys.start()
    answers = [first(), second()]

    assert [isinstance(each, PreviewError) for each in answers] == [False, True]
    assert keys.environment(keys.held()) == "green"


@pytest.mark.parametrize("kind", [Kind.KILLED_BEFORE, Kind.KILLED_AFTER])
@pytest.mark.parametrize("call", ["elbv2.ModifyRule", "secretsmanager.UpdateSecretVersionStage"])
def test_a_rotation_that_breaks_off_shuts_nobody_out(keys: Keys, call: str, kind: Kind) -> None:
    held = keys.held()
    keys.bench.cloud.faults.addressed["PreviewKeys", call, 1] = Fault(kind)
    keys.start()
    keys.sleep(120.0)
    assert keys.bench.cloud.faults.met
    assert keys.environment(held) == keys.environment(keys.held()) == "green"

    keys.call(LOOK)
    assert keys.environment(keys.held()) == "green"


def test_a_rotation_whose_last_reply_is_lost_is_told_as_done(keys: Keys) -> None:
    call = "secretsmanager.UpdateSecretVersionStage"
    keys.bench.cloud.faults.addressed["PreviewKeys", call, 1] = Fault(Kind.LOST_REPLY, attempts=1)

    assert keys.call()["rotated"] == ["shop-blue", "shop-green"]


def test_what_cloudformation_writes_in_the_middle_is_put_right(keys: Keys) -> None:
    """It resolves the values that the secret has then: the old ones."""
    elbv2, cloud = keys.bench.cloud.elbv2, keys.bench.cloud
    (green,) = (
        rule
        for rule in elbv2.listeners[keys.bench.greenlight.site.listeners[0]].rules.values()
        if rule["Priority"] == "11"
    )
    wait = keys.start()
    keys.sleep(SPREAD_SECONDS / 2)
    cloud.client("CloudFormation", "elbv2").modify_rule(
        RuleArn=green["RuleArn"],
        Conditions=[{k: v for k, v in each.items() if k != "Values"} for each in green["Conditions"]],
    )
    wait()

    assert keys.environment(keys.held()) == "green"


def test_a_damaged_secret_is_made_anew_by_a_look(keys: Keys) -> None:
    keys.bench.cloud.secrets.add(SECRET, "who was here?", PREVIEW_STAGE)
    keys.call(LOOK)

    assert keys.environment(keys.held()) == "green"


def test_a_switch_that_finds_no_value_says_what_to_do(keys: Keys) -> None:
    keys.bench.cloud.secrets.add(SECRET, json.dumps({}), PREVIEW_STAGE)
    invocation = keys.bench.invoke("Smoke", RELEASE)

    assert "holds no value for shop-green: run `greenlight rotate-preview`" in invocation.cause


def test_a_rollback_without_a_value_goes_by_health_checks(keys: Keys) -> None:
    keys.bench.cloud.secrets.add(SECRET, json.dumps({}), PREVIEW_STAGE)

    assert keys.bench.run(lambda world: previewed(world, world.services["shop"], Color.BLUE), "Rollback") == ()


def test_cloudformation_hears_when_every_color_has_a_value(keys: Keys) -> None:
    answers: list[tuple[str, str]] = []
    event = {
        "RequestType": "Create",
        "ResponseURL": "https://answer",
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "LogicalResourceId": "Made",
        "ResourceProperties": {},
    }
    keys.bench.cloud.secrets.add(SECRET, "{}", PREVIEW_STAGE)

    def answer(request: Any, status: str, reason: str, data: Mapping[str, str], physical_id: str) -> None:
        answers.append((status, physical_id))

    handler.serve(event, replace(keys.world(), answer=answer), 240.0)

    assert answers == [("SUCCESS", "preview-keys")]
    assert keys.held()
