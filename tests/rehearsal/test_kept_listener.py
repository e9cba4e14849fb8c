"""The real GreenlightEdge in a local cloud: the listener on 443 goes with the certificate, but not with its users."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from aws_cdk import App

from stacks.edge import EdgeStack
from stacks.network import NetworkStack
from stacks.settings import Settings
from tests.rehearsal.local_cloud import started
from tests.rehearsal.plants.front_door import self_signed
from tests.rehearsal.real_stacks import RealStacks

pytestmark = pytest.mark.rehearsal

NETWORK, EDGE, DOMAIN = "GreenlightNetwork", "GreenlightEdge", "shop.example.com"
ADAPTERS = ("iam", "lambda_functions", "cloudformation", "elbv2", "acm")


def build(app: App, settings: Settings) -> None:
    EdgeStack(app, EDGE, settings=settings, network=NetworkStack(app, NETWORK, settings=settings))


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStacks]:
    """A front door with a certificate, of which port 80 serves by the settings."""
    with started(tmp_path_factory.mktemp("cloud"), *ADAPTERS) as cloud:
        stacks = RealStacks(cloud, build)
        stacks.upload_code()
        assert stacks.deploy(NETWORK) == "CREATE_COMPLETE"
        arn = cloud.client("acm").import_certificate(**self_signed(DOMAIN, timedelta(days=90)))["CertificateArn"]
        secured = {"certificate_arn": arn, "domain_name": DOMAIN, "production_port": 80}
        assert stacks.deploy(EDGE, **secured) == "CREATE_COMPLETE"
        yield stacks


def listeners(stacks: RealStacks) -> dict[int, str]:
    elb = stacks.cloud.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    found = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return {listener["Port"]: listener["ListenerArn"] for listener in found}


def default(stacks: RealStacks, port: int) -> str:
    (listener,) = stacks.cloud.client("elbv2").describe_listeners(ListenerArns=[listeners(stacks)[port]])["Listeners"]
    return str(listener["DefaultActions"][0]["Type"])


def make_rule(stacks: RealStacks, port: int) -> None:
    """The production rule, as the switch makes it."""
    elb = stacks.cloud.client("elbv2")
    groups = [group["TargetGroupArn"] for group in elb.describe_target_groups()["TargetGroups"]]
    shares = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in zip(groups, (100, 0), strict=True)]
    condition: Any = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}
    elb.create_rule(
        ListenerArn=listeners(stacks)[port],
        Priority=100,
        Conditions=[condition],
        Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": shares}}],
    )


def test_the_listener_on_443_stays_while_users_are_served_by_it_alone(stacks: RealStacks) -> None:
    make_rule(stacks, 443)

    assert stacks.deploy(EDGE) == "UPDATE_ROLLBACK_COMPLETE"

    assert sorted(listeners(stacks)) == [80, 443]
    assert default(stacks, 80) == "redirect"
    (reason,) = (each for each in stacks.reasons(EDGE) if "443" in each)
    assert "run `greenlight repair`" in reason


def test_it_goes_when_the_rule_has_come_to_port_80(stacks: RealStacks) -> None:
    make_rule(stacks, 80)

    assert stacks.deploy(EDGE) == "UPDATE_COMPLETE"
    assert list(listeners(stacks)) == [80]
