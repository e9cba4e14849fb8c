"""The settings guard where it stands: in GreenlightNetwork, with its function, its role and CloudFormation's order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from aws_cdk import App

from stacks.network import NetworkStack
from stacks.settings import Settings
from tests.rehearsal.local_cloud import started
from tests.rehearsal.real_stacks import RealStacks

pytestmark = pytest.mark.rehearsal

NAME = "GreenlightNetwork"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStacks]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions", "cloudformation") as cloud:
        stacks = RealStacks(cloud, build)
        stacks.upload_code()
        assert stacks.deploy(NAME) == "CREATE_COMPLETE"
        yield stacks


def build(app: App, settings: Settings) -> None:
    NetworkStack(app, NAME, settings=settings)


def networks(stacks: RealStacks) -> list[str]:
    return [vpc["CidrBlock"] for vpc in stacks.cloud.client("ec2").describe_vpcs()["Vpcs"]]


def test_a_change_that_cannot_be_followed_is_refused_before_anything_is_touched(stacks: RealStacks) -> None:
    before = networks(stacks)

    assert stacks.deploy(NAME, vpc_cidr="10.30.0.0/16", container_port=4000) == "UPDATE_ROLLBACK_COMPLETE"

    (reason,) = stacks.reasons(NAME)
    assert "vpc_cidr is 10.20.0.0/16 as deployed, and 10.30.0.0/16 is asked for" in reason
    assert "run `npx cdk destroy GreenlightNetwork`" in reason
    assert networks(stacks) == before


def test_what_can_change_changes_afterwards(stacks: RealStacks) -> None:
    assert stacks.deploy(NAME, container_port=4000, nat_gateways=1) == "UPDATE_COMPLETE"
    assert stacks.deploy(NAME, container_port=4000, nat_gateways=0) == "UPDATE_ROLLBACK_COMPLETE"
    assert "nat_gateways is 1 as deployed, and 0 is asked for" in stacks.reasons(NAME)[0]
