from __future__ import annotations

from typing import Any

import pytest

from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, only, properties, resources, text

ANYWHERE = "0.0.0.0/0"
ACCOUNT = {"Ref": "AWS::AccountId"}


@pytest.fixture
def network(synthesize: Synthesize) -> Template:
    return synthesize()["GreenlightNetwork"]


def _service_ingress(template: Template) -> list[int]:
    return sorted(rule["FromPort"] for rule in properties(template, "EC2::SecurityGroupIngress"))


def _groups(template: Template) -> dict[str, dict[str, Any]]:
    return {group["GroupDescription"]: group for group in properties(template, "EC2::SecurityGroup")}


def test_the_vpc_spans_two_zones_that_the_deployment_finds(network: Template) -> None:
    zones = [subnet["AvailabilityZone"] for subnet in properties(network, "EC2::Subnet")]

    assert zones == [{"Fn::Select": [number, {"Fn::GetAZs": ""}]} for number in (0, 1)]


def test_no_nat_gateway_is_paid_for_by_default(network: Template) -> None:
    assert resources(network, "EC2::NatGateway") == {}


def test_a_nat_gateway_adds_private_subnets_and_moves_no_public_one(synthesize: Synthesize, network: Template) -> None:
    with_nat = synthesize(nat_gateways="1")["GreenlightNetwork"]

    assert len(resources(with_nat, "EC2::NatGateway")) == 1
    assert len(resources(with_nat, "EC2::Subnet")) == 4
    assert resources(network, "EC2::Subnet").items() <= resources(with_nat, "EC2::Subnet").items()


def test_all_traffic_of_the_vpc_is_logged_for_the_days_asked_for(synthesize: Synthesize) -> None:
    template = synthesize(flow_log_retention_days="7")["GreenlightNetwork"]

    assert only(template, "EC2::FlowLog")["TrafficType"] == "ALL"
    flows = only(template, "EC2::FlowLog")["LogGroupName"]["Ref"]
    assert resources(template, "Logs::LogGroup")[flows]["Properties"]["RetentionInDays"] == 7


def test_the_flow_logs_of_this_account_and_region_alone_may_take_their_role(network: Template) -> None:
    role = only(network, "EC2::FlowLog")["DeliverLogsPermissionArn"]["Fn::GetAtt"][0]
    (trust,) = resources(network, "IAM::Role")[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    ours = ["", ["arn:", {"Ref": "AWS::Partition"}, ":ec2:", {"Ref": "AWS::Region"}, ":", ACCOUNT, ":vpc-flow-log/*"]]

    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": {"Fn::Join": ours}},
    }


def test_s3_and_dynamodb_are_reached_without_the_internet(network: Template) -> None:
    services = [endpoint["ServiceName"]["Fn::Join"][1][-1] for endpoint in properties(network, "EC2::VPCEndpoint")]

    assert sorted(services) == [".dynamodb", ".s3"]


def test_the_load_balancer_is_open_to_the_world_on_its_two_ports_alone(network: Template) -> None:
    rules = _groups(network)["Greenlight load balancer"]["SecurityGroupIngress"]

    assert [(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in rules] == [
        (ANYWHERE, 80, 80),
        (ANYWHERE, 443, 443),
    ]


def test_the_load_balancer_reaches_nothing_but_the_services(network: Template) -> None:
    assert "SecurityGroupEgress" not in _groups(network)["Greenlight load balancer"]
    assert sorted(rule["FromPort"] for rule in properties(network, "EC2::SecurityGroupEgress")) == [3000, 3001]


def test_the_host_admits_the_load_balancer_alone_on_both_colors_ports(network: Template) -> None:
    assert _service_ingress(network) == [3000, 3001]
    assert all("SourceSecurityGroupId" in rule for rule in properties(network, "EC2::SecurityGroupIngress"))
    assert "SecurityGroupIngress" not in _groups(network)["Greenlight host and tasks"]


def test_tasks_admit_the_load_balancer_alone_on_the_containers_port(synthesize: Synthesize) -> None:
    assert _service_ingress(synthesize(compute="fargate")["GreenlightNetwork"]) == [3000]


def test_port_22_is_nowhere_unless_asked_for(network: Template) -> None:
    assert '"FromPort": 22' not in text(network)


def test_ssh_is_open_to_the_network_asked_for(synthesize: Synthesize) -> None:
    template = synthesize(ssh_cidr="203.0.113.7/32")["GreenlightNetwork"]

    (rule,) = _groups(template)["Greenlight host and tasks"]["SecurityGroupIngress"]
    assert (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) == ("203.0.113.7/32", 22, 22)
