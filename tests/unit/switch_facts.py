"""Facts that the tests of the switch's pure core share."""

from __future__ import annotations

from typing import Any

from traffic_switch.config import Policy, RulePlace, Service, TargetGroup
from traffic_switch.contract import Color
from traffic_switch.model import Live, Mode, State, Switch, Target, Weights

BLUE_ARN, GREEN_ARN = "arn:blue", "arn:green"
PLACE = RulePlace("arn:listener", 100, ("/*",), BLUE_ARN, GREEN_ARN)
POLICY = Policy(
    gate_interval_seconds=10,
    gate_consecutive=3,
    gate_min_healthy=1,
    gate_deadline_seconds=300,
    smoke_requests=2,
    confirm_answers=3,
    confirm_deadline_seconds=60,
    bake_seconds=420,
    bake_interval_seconds=15,
    bake_deadline_seconds=720,
    bake_probe_rate=20,
    bake_fast_seconds=60,
    bake_batch_seconds=1,
    bake_probes=20,
    bake_blip_seconds=2,
    bake_must_detect_percent=5,
    max_error_percent=1.0,
    max_p95_ms=500,
    max_unhealthy_percent=10,
    metric_period_seconds=60,
    metric_lag_seconds=120,
    switch_deadline_seconds=3000,
    write_settle_seconds=20,
)
SHOP = Service(
    name="shop",
    listener_arn=PLACE.listener_arn,
    load_balancer_dimension="app/shop/1",
    front_door_url="http://front.door",
    priority=PLACE.priority,
    paths=PLACE.paths,
    health_path="/health",
    probe_path="/",
    target_groups={Color.BLUE: TargetGroup(BLUE_ARN, "tg/blue"), Color.GREEN: TargetGroup(GREEN_ARN, "tg/green")},
    alarms={Color.BLUE: ("blue-errors",), Color.GREEN: ("green-errors",)},
)
BLUE_LIVE = Live(Color.BLUE, "1", Weights(100, 0))
GREEN_LIVE = Live(Color.GREEN, "2", Weights(0, 100))


def switch(mode: Mode = Mode.RELEASE, color: Color = Color.GREEN, undoes: str = "", id: str = "s1") -> Switch:
    """A switch of the shop to version 2."""
    return Switch(id, "shop", mode, color, "2", undoes)


def target(state: str = State.HEALTHY, id: str = "i-1", reason: str = "", description: str = "") -> Target:
    """One target."""
    return Target(id, 3001, state, reason, description)


def group(arn: str, weight: int | None) -> dict[str, Any]:
    """A target group of a forward action; without a weight as DescribeRules gives a plain one."""
    return {"TargetGroupArn": arn} if weight is None else {"TargetGroupArn": arn, "Weight": weight}


def raw_rule(blue: int = 100, green: int = 0, priority: str = "100", **changes: Any) -> dict[str, Any]:
    """The production rule as DescribeRules gives it."""
    config = {
        "TargetGroups": [group(BLUE_ARN, blue), group(GREEN_ARN, green)],
        "TargetGroupStickinessConfig": {"Enabled": False},
    }
    rule = {
        "RuleArn": "arn:rule",
        "Priority": priority,
        "IsDefault": False,
        "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}],
        "Actions": [{"Type": "forward", "ForwardConfig": config}],
    }
    return {**rule, **changes}
