"""ELBv2's rules as its API reference documents them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.cloud import Cloud
from tests.simulation.site import LISTENER, Site

PATHS = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/other*"]}}]


def forward(site: Site, blue: int, green: int) -> list[dict[str, Any]]:
    groups = [
        {"TargetGroupArn": site.group("blue"), "Weight": blue},
        {"TargetGroupArn": site.group("green"), "Weight": green},
    ]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]


def production(elb: Any) -> dict[str, Any] | None:
    rules = elb.describe_rules(ListenerArn=LISTENER)["Rules"]
    return next((rule for rule in rules if rule["Priority"] == "100"), None)


def modify(site: Site, elb: Any, blue: int, green: int) -> None:
    rule = site.rule()
    assert rule is not None
    elb.modify_rule(RuleArn=rule["RuleArn"], Actions=forward(site, blue, green))


def test_a_rule_is_described_with_conditions_in_both_forms(site: Site, elb: Any) -> None:
    rule = production(elb)
    assert rule is not None
    assert rule["Conditions"] == [{"Field": "path-pattern", "Values": ["/*"], "PathPatternConfig": {"Values": ["/*"]}}]


def test_one_target_group_is_described_in_the_old_form_as_well(site: Site, elb: Any) -> None:
    preview = elb.describe_rules(ListenerArn=LISTENER)["Rules"][0]
    assert preview["Actions"][0]["TargetGroupArn"] == site.group("blue")
    assert preview["Actions"][0]["ForwardConfig"]["TargetGroups"][0]["Weight"] == 1


def test_modifying_actions_leaves_the_conditions_alone(site: Site, elb: Any) -> None:
    modify(site, elb, 0, 100)
    rule = production(elb)
    assert rule is not None
    assert rule["Conditions"][0]["Values"] == ["/*"]
    assert site.rule_weights() == {"blue": 0, "green": 100}


def test_a_rule_that_is_gone_is_not_found(site: Site, elb: Any) -> None:
    rule = site.rule()
    assert rule is not None
    elb.delete_rule(RuleArn=rule["RuleArn"])
    with pytest.raises(elb.exceptions.RuleNotFoundException):
        elb.delete_rule(RuleArn=rule["RuleArn"])
    with pytest.raises(elb.exceptions.RuleNotFoundException):
        elb.describe_rules(RuleArns=[rule["RuleArn"]])


def test_a_target_group_that_is_not_there_is_not_found(site: Site, elb: Any) -> None:
    actions = [{"Type": "forward", "TargetGroupArn": site.group("blue") + "x"}]
    with pytest.raises(elb.exceptions.TargetGroupNotFoundException):
        elb.create_rule(ListenerArn=LISTENER, Priority=50, Conditions=PATHS, Actions=actions)


@pytest.mark.parametrize("weight", [-1, 1000])
def test_a_weight_is_between_0_and_999(site: Site, elb: Any, weight: int) -> None:
    with pytest.raises(ClientError, match="between 0 and 999"):
        elb.create_rule(ListenerArn=LISTENER, Priority=50, Conditions=PATHS, Actions=forward(site, weight, 0))


def test_the_default_rule_cannot_be_deleted(site: Site, elb: Any) -> None:
    default = elb.describe_rules(ListenerArn=LISTENER)["Rules"][-1]
    with pytest.raises(elb.exceptions.OperationNotPermittedException):
        elb.delete_rule(RuleArn=default["RuleArn"])


def test_a_priority_can_be_changed_but_not_to_one_in_use(site: Site, elb: Any) -> None:
    rule = site.rule()
    assert rule is not None
    elb.set_rule_priorities(RulePriorities=[{"RuleArn": rule["RuleArn"], "Priority": 90}])
    assert production(elb) is None
    with pytest.raises(elb.exceptions.PriorityInUseException):
        elb.set_rule_priorities(RulePriorities=[{"RuleArn": rule["RuleArn"], "Priority": 10}])


def test_a_read_may_show_what_was_stored_before_the_last_write(cloud: Cloud, site: Site, elb: Any) -> None:
    cloud.elbv2.read_lag = 5.0
    cloud.kernel.sleep(10)
    modify(site, elb, 0, 100)
    seen = set()
    for _ in range(30):
        rule = production(elb)
        assert rule is not None
        seen.add(rule["Actions"][0]["ForwardConfig"]["TargetGroups"][0]["Weight"])
    assert seen == {100, 0}


def test_a_new_rule_may_not_be_listed_yet(cloud: Cloud, site: Site, elb: Any) -> None:
    cloud.kernel.sleep(10)
    elb.create_rule(ListenerArn=LISTENER, Priority=50, Conditions=PATHS, Actions=forward(site, 1, 0))
    cloud.elbv2.stale_next(5.0)
    assert len(elb.describe_rules(ListenerArn=LISTENER)["Rules"]) == 4
    assert len(elb.describe_rules(ListenerArn=LISTENER)["Rules"]) == 5


def test_traffic_follows_a_write_some_seconds_later(cloud: Cloud, site: Site, elb: Any) -> None:
    cloud.elbv2.propagation = (3.0, 3.0)
    modify(site, elb, 0, 100)
    assert (site.rule_weights(), site.followed_weights()) == ({"blue": 0, "green": 100}, {"blue": 1.0})
    cloud.kernel.sleep(3.1)
    assert site.followed_weights() == {"green": 1.0}


def test_what_a_caller_does_to_a_rule_does_not_reach_the_listener(site: Site, elb: Any) -> None:
    rule = production(elb)
    assert rule is not None
    rule["Actions"].clear()
    again = production(elb)
    assert again is not None
    assert again["Actions"]
