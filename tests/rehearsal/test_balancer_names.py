"""A load balancer without a name in its template gets CloudFormation's, and keeps it when it is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

STACK = "GreenlightEdge"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "cloudformation", "elbv2") as cloud:
        yield cloud


def template(team: str, name: str = "") -> str:
    tags = [{"Key": "team", "Value": team}]
    properties = {"Subnets": ["subnet-1", "subnet-2"], "Tags": tags, **({"Name": name} if name else {})}
    balancer = {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": properties}
    return json.dumps({"Resources": {"FrontDoor": balancer}})


def balancer(cloud: LocalCloud) -> tuple[str, str]:
    """The name and the ARN of the one load balancer, once the stack is at rest."""

    def rests() -> bool:
        stack = cloud.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        return str(stack["StackStatus"]) in ("CREATE_COMPLETE", "UPDATE_COMPLETE")

    assert eventually(rests)
    (found,) = cloud.client("elbv2").describe_load_balancers()["LoadBalancers"]
    return found["LoadBalancerName"], found["LoadBalancerArn"]


def test_it_is_named_by_stack_and_logical_id_and_stays_what_it_is(cloud: LocalCloud) -> None:
    client = cloud.client("cloudformation")
    client.create_stack(StackName=STACK, TemplateBody=template("shop"))
    name, arn = balancer(cloud)
    client.update_stack(StackName=STACK, TemplateBody=template("report"))

    assert name.startswith("Green-Front-")
    assert balancer(cloud) == (name, arn)


def test_a_name_that_is_chosen_later_makes_another_one(cloud: LocalCloud) -> None:
    before = balancer(cloud)
    cloud.client("cloudformation").update_stack(StackName=STACK, TemplateBody=template("report", "own"))

    assert balancer(cloud)[0] == "own"
    assert balancer(cloud)[1] != before[1]
