"""Target health as the ELB guide documents it (Target health status, Reason codes)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.cloud import Cloud
from tests.simulation.people import Operator
from tests.simulation.site import Site


def health(site: Site, elb: Any, color: str = "blue") -> list[tuple[str, str]]:
    found = elb.describe_target_health(TargetGroupArn=site.group(color))["TargetHealthDescriptions"]
    return [(one["TargetHealth"]["State"], one["TargetHealth"].get("Reason", "")) for one in found]


def place(site: Site, id_: str, color: str = "blue") -> dict[str, Any]:
    return {"TargetGroupArn": site.group(color), "Targets": [{"Id": id_}]}


def test_an_idle_color_is_healthy_because_a_rule_names_its_group(site: Site, elb: Any) -> None:
    assert health(site, elb, "green") == [("healthy", "")]


def test_a_group_that_no_rule_names_is_unused(cloud: Cloud, site: Site, elb: Any) -> None:
    Operator(site).redirect("elsewhere.example")
    for rule in elb.describe_rules(ListenerArn=next(iter(cloud.elbv2.listeners)))["Rules"][:2]:
        elb.delete_rule(RuleArn=rule["RuleArn"])
    assert health(site, elb) == [("unused", "Target.NotInUse")]


def test_what_dies_is_called_unhealthy_after_two_checks(cloud: Cloud, site: Site, elb: Any) -> None:
    site.change("blue", up=False)
    cloud.kernel.sleep(9)
    assert health(site, elb) == [("healthy", "")]
    cloud.kernel.sleep(2)
    assert health(site, elb) == [("unhealthy", "Target.FailedHealthChecks")]


def test_what_comes_back_is_called_healthy_again(cloud: Cloud, site: Site, elb: Any) -> None:
    site.change("blue", up=False)
    cloud.kernel.sleep(20)
    site.change("blue", up=True)
    cloud.kernel.sleep(11)
    assert health(site, elb) == [("healthy", "")]


def test_what_comes_back_before_anybody_noticed_was_never_gone(cloud: Cloud, site: Site, elb: Any) -> None:
    site.change("blue", up=False)
    cloud.kernel.sleep(5)
    site.change("blue", up=True)
    cloud.kernel.sleep(20)
    assert health(site, elb) == [("healthy", "")]


def test_a_new_target_is_initial_and_healthy_after_one_check(cloud: Cloud, site: Site, elb: Any) -> None:
    elb.register_targets(**place(site, "i-2"))
    assert health(site, elb)[1] == ("initial", "Elb.RegistrationInProgress")
    cloud.kernel.sleep(6)
    assert health(site, elb)[1] == ("healthy", "")


def test_a_target_that_leaves_drains_and_is_gone(cloud: Cloud, site: Site, elb: Any) -> None:
    elb.deregister_targets(**place(site, "i-1"))
    assert health(site, elb) == [("draining", "Target.DeregistrationInProgress")]
    cloud.kernel.sleep(301)
    assert health(site, elb) == []


def test_a_draining_target_can_be_registered_again(cloud: Cloud, site: Site, elb: Any) -> None:
    elb.deregister_targets(**place(site, "i-1"))
    elb.register_targets(**place(site, "i-1"))
    cloud.kernel.sleep(400)
    assert health(site, elb) == [("healthy", "")]


def test_a_target_that_was_never_registered_is_unused(site: Site, elb: Any) -> None:
    asked = elb.describe_target_health(**place(site, "i-9"))["TargetHealthDescriptions"]
    assert asked[0]["TargetHealth"]["Reason"] == "Target.NotRegistered"


def test_a_group_that_was_deleted_is_not_found(cloud: Cloud, site: Site, elb: Any) -> None:
    del cloud.elbv2.groups[site.group("green")]
    with pytest.raises(elb.exceptions.TargetGroupNotFoundException):
        elb.describe_target_health(TargetGroupArn=site.group("green"))


def test_attributes_are_texts(site: Site, elb: Any) -> None:
    found = elb.describe_target_group_attributes(TargetGroupArn=site.group("blue"))["Attributes"]
    assert {"Key": "stickiness.enabled", "Value": "false"} in found
