"""The load balancer's protection is turned on after everything of its stack, and off before anything of it goes."""

from __future__ import annotations

import pytest

from tests.synth.compute import custom, needs, statements
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, attributes, only, resources

TLS = {"certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1", "domain_name": "shop.example.com"}
PROTECTION = "Custom::GreenlightDeletionProtection"


@pytest.fixture
def edge(synthesize: Synthesize) -> Template:
    return synthesize()["GreenlightEdge"]


def test_no_attribute_protects_the_load_balancer_from_its_creation_on(edge: Template) -> None:
    balancer = only(edge, "ElasticLoadBalancingV2::LoadBalancer")

    assert "deletion_protection.enabled" not in attributes(balancer["LoadBalancerAttributes"])


@pytest.mark.parametrize("waf", ["true", "false"])
def test_everything_that_can_fail_comes_before_the_protection(synthesize: Synthesize, waf: str) -> None:
    template = synthesize(waf=waf)["GreenlightEdge"]
    (protection,) = custom(template, PROTECTION)

    assert needs(template, protection) == template["Resources"].keys() - {protection}


@pytest.mark.parametrize("protected", [True, False])
def test_the_protection_is_a_setting(synthesize: Synthesize, protected: bool) -> None:
    (protection,) = custom(synthesize(deletion_protection=protected)["GreenlightEdge"], PROTECTION).values()

    assert protection["Properties"]["Enabled"] == str(protected).lower()


@pytest.mark.parametrize(("flags", "https"), [({}, "false"), (TLS, "true"), ({**TLS, "production_port": "80"}, "true")])
def test_before_a_listener_changes_or_goes_its_users_are_looked_for(
    synthesize: Synthesize, flags: dict[str, str], https: str
) -> None:
    template = synthesize(**flags)["GreenlightEdge"]
    ((name, kept),) = custom(template, "Custom::GreenlightKeptListener").items()
    listeners = resources(template, "ElasticLoadBalancingV2::Listener")

    assert kept["Properties"]["Https"] == https
    assert all(name in needs(template, listener) for listener in listeners)
    assert not needs(template, name) & set(listeners)


def test_other_attributes_that_change_have_it_written_again(edge: Template) -> None:
    (protection,) = custom(edge, PROTECTION).values()
    balancer = only(edge, "ElasticLoadBalancingV2::LoadBalancer")

    others = {each["key"]: each["value"] for each in protection["Properties"]["OtherAttributes"]}
    assert others == attributes(balancer["LoadBalancerAttributes"])


def test_the_function_may_change_this_one_load_balancer(edge: Template) -> None:
    (balancer,) = resources(edge, "ElasticLoadBalancingV2::LoadBalancer")
    allowed = statements(edge, "DeletionProtection")

    assert {action: resource for action, resource in allowed.items() if not action.startswith("logs:")} == {
        "cloudformation:DescribeStacks": {"Ref": "AWS::StackId"},
        "elasticloadbalancing:ModifyLoadBalancerAttributes": {"Ref": balancer},
        "elasticloadbalancing:DescribeLoadBalancerAttributes": "*",
        "elasticloadbalancing:DescribeListeners": "*",
        "elasticloadbalancing:DescribeRules": "*",
    }
