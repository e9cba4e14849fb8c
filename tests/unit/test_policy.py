"""What the functions read from their environment."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from traffic_switch import config
from traffic_switch.config import Row, RulePlace, Service, TargetGroup
from traffic_switch.contract import Color

from tests.unit.switch_facts import POLICY

LISTENER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/1/7"
GROUPS = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
EDGE = {
    "listener_arn": LISTENER,
    "front_door_url": "http://shop.example",
    "alarm_prefix": "Stack-",
    "alarm_names": ["own"],
}
ROW = Row(100, ("/shop/*", "/cart"), "/health", "/page", "targetgroup/blue/2", "targetgroup/green/3")
SHOP = Service(
    name="shop",
    listener_arn=LISTENER,
    load_balancer_dimension="app/shop/1",
    front_door_url="http://shop.example",
    priority=100,
    paths=("/shop/*", "/cart"),
    health_path="/health",
    probe_path="/page",
    target_groups={
        Color.BLUE: TargetGroup(f"{GROUPS}:targetgroup/blue/2", "targetgroup/blue/2"),
        Color.GREEN: TargetGroup(f"{GROUPS}:targetgroup/green/3", "targetgroup/green/3"),
    },
    alarms={
        Color.BLUE: ("Stack-shop-blue-errors", "Stack-shop-blue-latency", "own"),
        Color.GREEN: ("Stack-shop-green-errors", "Stack-shop-green-latency", "own"),
    },
)


def test_services_are_read_as_they_were_written() -> None:
    environment = {"GREENLIGHT_CONFIG": json.dumps(config.written(EDGE, {"shop": ROW}))}

    assert config.services(environment) == {"shop": SHOP}


def test_a_domain_and_a_second_listener_are_read_as_they_were_written() -> None:
    edge = {**EDGE, **config.domain_and_others("shop.example", True)}
    environment = {"GREENLIGHT_CONFIG": json.dumps(config.written(edge, {"shop": ROW}))}

    assert config.services(environment) == {"shop": replace(SHOP, host_name="shop.example", has_other_listeners=True)}


def test_without_a_domain_and_a_second_listener_nothing_is_written_of_them() -> None:
    assert config.domain_and_others(None, False) == {}


def test_the_policy_is_read_as_the_stack_wrote_it() -> None:
    assert config.policy({"GREENLIGHT_POLICY": json.dumps(asdict(POLICY))}) == POLICY


def test_the_place_of_a_rule_is_the_services_with_both_target_groups() -> None:
    groups = (f"{GROUPS}:targetgroup/blue/2", f"{GROUPS}:targetgroup/green/3")

    assert SHOP.rule_place == RulePlace(LISTENER, 100, ("/shop/*", "/cart"), *groups)


def test_every_bound_of_a_write_follows_from_the_time_in_which_it_settles() -> None:
    policy = replace(POLICY, write_settle_seconds=20)

    assert policy.fence_seconds == 2
    assert policy.write_timeouts == (2, 5)
    assert policy.emergency_seconds == 10
    assert policy.patience_seconds == 30


def test_a_batch_holds_what_is_sent_in_its_time_and_at_least_one_request() -> None:
    assert replace(POLICY, bake_probe_rate=20, bake_batch_seconds=0.5).batch_requests == 10
    assert replace(POLICY, bake_probe_rate=0.1, bake_batch_seconds=1).batch_requests == 1
