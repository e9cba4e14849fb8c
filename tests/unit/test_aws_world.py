"""How the world is made on AWS: which client each port gets, and with which patience."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pytest
from botocore.config import Config
from traffic_switch.aws_world import RETRIES, SHORT, AwsWorld
from traffic_switch.contract import Color
from traffic_switch.errors import PreviewError

from tests.unit.fake_surroundings import FakeSurroundings
from tests.unit.switch_facts import POLICY, SHOP, switch

VARIABLES = {
    "GREENLIGHT_POLICY": json.dumps(asdict(POLICY)),
    "GREENLIGHT_JOURNAL": "journal",
    "GREENLIGHT_TOPIC": "arn:topic",
    "GREENLIGHT_STATE_MACHINE": "arn:own:stateMachine:switch",
    "GREENLIGHT_PREVIEW_SECRET": "arn:secret",
}


class Client:
    """Says of every call what it was given."""

    def __init__(self) -> None:
        self.called: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**given: Any) -> Any:
            self.called.append((name, given))
            return {"SecretString": '{"shop-green": "shop-green-1"}', "Stacks": [{"StackStatus": "UPDATE_IN_PROGRESS"}]}

        return call


@dataclass
class Around(FakeSurroundings):
    """Hands out clients, and remembers with which configuration."""

    configs: list[tuple[str, Config]] = field(default_factory=list)
    made: Client = field(default_factory=Client)

    def client(self, service: str, config: object) -> Any:
        assert isinstance(config, Config)
        self.configs.append((service, config))
        return self.made


def world() -> tuple[AwsWorld, Around]:
    around = Around(environment=VARIABLES)
    return AwsWorld(around), around


@pytest.mark.parametrize(
    ("use", "service", "config"),
    [
        (lambda world: world.journal, "dynamodb", SHORT),
        (lambda world: world.target_groups, "elbv2", RETRIES),
        (lambda world: world.metrics, "cloudwatch", RETRIES),
        (lambda world: world.notifier, "sns", RETRIES),
        (lambda world: world.executions(), "stepfunctions", RETRIES),
        (lambda world: world.preview_headers(SHOP, Color.GREEN), "secretsmanager", SHORT),
        (lambda world: world.stack("arn:stack"), "cloudformation", RETRIES),
    ],
)
def test_every_port_has_a_client_of_its_service_with_bounded_patience(
    use: Callable[[AwsWorld], object], service: str, config: Config
) -> None:
    made, around = world()
    use(made)

    assert around.configs == [(service, config)]


def patience(config: Config) -> tuple[Any, ...]:
    """What a client's configuration says of retries and timeouts."""
    return tuple(getattr(config, name) for name in ("retries", "connect_timeout", "read_timeout"))


def test_a_write_of_the_rule_is_sent_once_and_not_waited_for_long() -> None:
    made, around = world()
    made.rule(SHOP)
    (_, reader), (service, writer) = around.configs

    assert reader is RETRIES
    assert (service, patience(writer)) == ("elbv2", ({"total_max_attempts": 1}, 2, 5))


def test_the_journal_says_within_seconds_that_it_is_away() -> None:
    assert patience(SHORT) == ({"mode": "standard", "total_max_attempts": 2}, 1, 2)


@pytest.mark.parametrize(("given", "used"), [("", "arn:own:stateMachine:switch"), ("arn:other", "arn:other")])
def test_executions_are_those_of_the_machine_that_is_named(given: str, used: str) -> None:
    made, around = world()
    made.executions(given).start(switch())

    assert around.made.called[0][1]["stateMachineArn"] == used


def test_a_preview_is_asked_for_with_the_value_of_the_color_and_the_service() -> None:
    made, around = world()

    assert made.preview_headers(SHOP, Color.GREEN) == {"X-Greenlight-Preview": "shop-green-1"}
    assert around.made.called == [("get_secret_value", {"SecretId": "arn:secret", "VersionStage": "GREENLIGHT_KEYS"})]


def test_a_color_without_a_value_is_told_with_what_to_do() -> None:
    with pytest.raises(PreviewError, match="no value for shop-blue: run `greenlight rotate-preview`"):
        world()[0].preview_headers(SHOP, Color.BLUE)


def test_the_front_door_is_the_services_own() -> None:
    made, around = world()
    made.front_door(SHOP).ask("/page")

    assert around.requests[0].full_url == "http://front.door/page"


def test_the_front_door_is_asked_for_the_domain() -> None:
    made, around = world()
    made.front_door(replace(SHOP, host_name="shop.example")).ask("/page")

    assert around.requests[0].get_header("Host") == "shop.example"


def test_time_is_the_surroundings_own() -> None:
    made, around = world()
    made.sleep(5.0)

    assert made.now() == made.monotonic() == around.clock == 1_005.0
