"""Which instances Run Command reaches.

AWS: docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html, setup-create-vpc.html and
docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html (InvalidInstanceId).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, iam

from greenlight.rehearsal.cloud.ssm.managed import is_managed, why_not

OUT = {"DestinationCidrBlock": "0.0.0.0/0"}
AGENT = ("ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:OpenControlChannel")
OLD_AGENT = (
    "ssm:UpdateInstanceInformation",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:AcknowledgeMessage",
    "ec2messages:SendReply",
)


class World:
    """One instance in a subnet, as ministack's records have them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.instance: dict[str, Any] = {
            "State": {"Name": "running"},
            "SubnetId": "s",
            "PublicIpAddress": "54.1.2.3",
            "IamInstanceProfile": {"Arn": f"arn:aws:iam::{get_account_id()}:instance-profile/p"},
            "SecurityGroups": [{"GroupId": "sg"}],
        }
        routes = [{**OUT, "GatewayId": "igw"}]
        self.tables: dict[str, dict[str, Any]] = {
            "t": {"VpcId": "v", "Associations": [{"SubnetId": "s"}], "Routes": routes}
        }
        self.endpoints: dict[str, dict[str, Any]] = {}
        self.nat_gateways: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, Any] = {"sg": {"IpPermissionsEgress": [{"IpProtocol": "-1"}]}}
        self.gateways: dict[str, Any] = {"igw": {"Attachments": [{"VpcId": "v"}]}}
        records = {
            "_instances": {"i": self.instance},
            "_subnets": {"s": {"VpcId": "v"}, "p": {"VpcId": "v"}},
            "_route_tables": self.tables,
            "_internet_gateways": self.gateways,
            "_nat_gateways": self.nat_gateways,
            "_vpc_endpoints": self.endpoints,
            "_security_groups": self.groups,
        }
        for name, value in records.items():
            patch.setattr(ec2, name, value)
        patch.setattr(app, "AUTH", True)
        patch.setattr(iam, "_lookup_instance_profile", lambda arn: {"Roles": ["agent"]} if arn else None)
        self.allow(*AGENT)

    def allow(self, *actions: str, service: str = "ec2.amazonaws.com") -> None:
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
        iam._roles["agent"] = {
            "RoleName": "agent",
            "Arn": f"arn:aws:iam::{get_account_id()}:role/agent",
            "AssumeRolePolicyDocument": {"Statement": [trust]},
            "InlinePolicies": {"own": json.dumps(document)},
            "AttachedPolicies": [],
        }

    def endpoint(self, service: str) -> None:
        self.endpoints[service] = {
            "VpcId": "v",
            "ServiceName": f"com.amazonaws.{get_region()}.{service}",
            "VpcEndpointType": "Interface",
            "PrivateDnsEnabled": True,
        }


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(iam, "_roles", type(iam._roles)())
    return World(monkeypatch)


def test_an_instance_with_role_and_way_out_is_managed(world: World) -> None:
    assert is_managed("i")


def test_an_older_agent_gets_its_commands_through_ec2messages(world: World) -> None:
    world.allow(*OLD_AGENT)

    assert is_managed("i")


@pytest.mark.parametrize("missing", AGENT)
def test_a_role_without_one_of_the_agents_permissions_is_not_managed(world: World, missing: str) -> None:
    world.allow(*(action for action in AGENT if action != missing))

    assert missing in why_not("i")


def test_an_instance_without_a_role_is_not_managed(world: World) -> None:
    world.instance["IamInstanceProfile"] = None

    assert why_not("i") == "it has no role, so its agent cannot register"


def test_an_instance_whose_role_does_not_trust_ec2_is_not_managed(world: World) -> None:
    world.allow(*AGENT, service="lambda.amazonaws.com")

    assert why_not("i") == "its role does not trust ec2.amazonaws.com, so its agent has no credentials"


@pytest.mark.parametrize("state", ["pending", "stopped", "terminated"])
def test_an_instance_that_does_not_run_is_not_managed(world: World, state: str) -> None:
    world.instance["State"] = {"Name": state}

    assert not is_managed("i")


def test_an_instance_without_a_public_address_does_not_use_the_internet_gateway(world: World) -> None:
    world.instance["PublicIpAddress"] = ""

    assert "no way to ssm, ssmmessages" in why_not("i")


def test_a_gateway_that_is_attached_to_nothing_leads_nowhere(world: World) -> None:
    world.gateways["igw"] = {"Attachments": []}

    assert not is_managed("i")


def test_a_subnet_without_a_table_of_its_own_has_the_main_one(world: World) -> None:
    world.tables["t"]["Associations"] = [{"Main": True}]

    assert is_managed("i")


@pytest.mark.parametrize(("leads_out", "managed"), [(True, True), (False, False)])
def test_a_nat_gateway_leads_out_if_its_own_subnet_does(world: World, leads_out: bool, managed: bool) -> None:
    world.instance["PublicIpAddress"] = ""
    world.tables["t"]["Routes"] = [{**OUT, "NatGatewayId": "nat"}]
    world.nat_gateways["nat"] = {"SubnetId": "p"}
    routes = [{**OUT, "GatewayId": "igw"}] if leads_out else []
    world.tables["public"] = {"VpcId": "v", "Associations": [{"SubnetId": "p"}], "Routes": routes}

    assert is_managed("i") is managed


def test_endpoints_take_the_place_of_a_way_out(world: World) -> None:
    world.tables["t"]["Routes"] = []
    world.endpoint("ssm")
    half = is_managed("i")
    world.endpoint("ssmmessages")

    assert (half, is_managed("i")) == (False, True)


def test_a_security_group_that_keeps_https_in_keeps_the_agent_in(world: World) -> None:
    world.groups["sg"] = {"IpPermissionsEgress": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}]}

    assert why_not("i") == "no security group lets HTTPS out"
