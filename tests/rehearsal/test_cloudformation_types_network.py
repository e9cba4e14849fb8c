"""CloudFormation types of the network, its firewall and its hosts: create, update, replace, delete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.compute_cloud import ComputeCloud, compute_cloud, eventually
from tests.rehearsal.template_pieces import SUBNET, VPC, resource

pytestmark = pytest.mark.rehearsal

GROUP = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "g", "VpcId": {"Ref": "Vpc"}}}
WEB_ACL = {
    "Type": "AWS::WAFv2::WebACL",
    "Properties": {
        "Scope": "REGIONAL",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"},
    },
}
WEB_ACL_ARN = {"Fn::GetAtt": ["WebAcl", "Arn"]}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComputeCloud]:
    with compute_cloud(tmp_path_factory.mktemp("cloud"), auth=True) as cloud:
        yield cloud


def test_rules_of_security_groups_come_change_and_go(cloud: ComputeCloud) -> None:
    def rule(port: int) -> dict[str, Any]:
        group = {"Fn::GetAtt": ["Group", "GroupId"]}
        kind = "AWS::EC2::SecurityGroupIngress"
        return resource(kind, GroupId=group, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="0.0.0.0/0")

    def open_ports(group: str) -> list[int]:
        found = cloud.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        return [each["FromPort"] for each in found["IpPermissions"]]

    fixed = {"Vpc": VPC, "Group": GROUP}
    group = cloud.deploy("Rules", {**fixed, "Rule": rule(80)}, Id={"Fn::GetAtt": ["Group", "GroupId"]})["Id"]
    first = open_ports(group)
    cloud.deploy("Rules", {**fixed, "Rule": rule(443)})
    second = open_ports(group)
    cloud.deploy("Rules", fixed)

    assert (first, second, open_ports(group)) == ([80], [443], [])


def test_a_flow_log_and_a_nat_gateway_come_and_go(cloud: ComputeCloud) -> None:
    gateway = resource(
        "AWS::EC2::NatGateway",
        SubnetId={"Ref": "Subnet"},
        AllocationId={"Fn::GetAtt": ["Address", "AllocationId"]},
    )
    flow_log = resource("AWS::EC2::FlowLog", ResourceId={"Ref": "Vpc"}, ResourceType="VPC", TrafficType="ALL")
    address = resource("AWS::EC2::EIP", Domain="vpc")
    resources = {"Vpc": VPC, "Subnet": SUBNET, "Address": address, "Gateway": gateway, "FlowLog": flow_log}

    def seen() -> tuple[int, ...]:
        ec2 = cloud.client("ec2")
        gateways = ec2.describe_nat_gateways()["NatGateways"]
        return len(gateways), len(ec2.describe_flow_logs()["FlowLogs"]), len(ec2.describe_addresses()["Addresses"])

    cloud.deploy("Network", resources)
    created = seen()
    cloud.delete("Network")

    assert (created, seen()) == ((1, 1, 1), (0, 0, 0))


def test_a_web_acl_is_associated_until_the_association_goes(cloud: ComputeCloud) -> None:
    arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/a/1"
    association = resource("AWS::WAFv2::WebACLAssociation", ResourceArn=arn, WebACLArn=WEB_ACL_ARN)
    web_acl = cloud.deploy("Firewall", {"WebAcl": WEB_ACL, "Association": association}, Arn=WEB_ACL_ARN)["Arn"]
    waf = cloud.client("wafv2")
    associated = waf.list_resources_for_web_acl(WebACLArn=web_acl)["ResourceArns"]
    cloud.deploy("Firewall", {"WebAcl": WEB_ACL})

    assert (associated, waf.list_resources_for_web_acl(WebACLArn=web_acl)["ResourceArns"]) == ([arn], [])


def test_a_firewall_logs_only_to_a_log_group_of_its_own_kind(cloud: ComputeCloud) -> None:
    logs = "arn:aws:logs:us-east-1:000000000000:log-group:other"
    logging = resource("AWS::WAFv2::LoggingConfiguration", ResourceArn=WEB_ACL_ARN, LogDestinationConfigs=[logs])

    with pytest.raises(AssertionError, match="aws-waf-logs-"):
        cloud.deploy("Logged", {"WebAcl": WEB_ACL, "Logging": logging})


def test_an_instance_is_replaced_when_its_launch_template_changes_and_not_before(cloud: ComputeCloud) -> None:
    def stack(instance_type: str, name: str) -> dict[str, Any]:
        image = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
        template = resource(
            "AWS::EC2::LaunchTemplate", LaunchTemplateData={"InstanceType": instance_type, "ImageId": image}
        )
        version = {"Fn::GetAtt": ["Template", "LatestVersionNumber"]}
        interface = {"DeviceIndex": "0", "SubnetId": {"Ref": "Subnet"}}
        instance = resource(
            "AWS::EC2::Instance",
            LaunchTemplate={"LaunchTemplateId": {"Ref": "Template"}, "Version": version},
            NetworkInterfaces=[interface],
            Tags=[{"Key": "Name", "Value": name}],
        )
        return {"Vpc": VPC, "Subnet": SUBNET, "Template": template, "Instance": instance}

    def state(instance: str) -> str:
        found = cloud.client("ec2").describe_instances(InstanceIds=[instance])["Reservations"]
        return str(found[0]["Instances"][0]["State"]["Name"])

    outputs = {"Id": {"Ref": "Instance"}, "Ip": {"Fn::GetAtt": ["Instance", "PrivateIp"]}}
    first = cloud.deploy("Host", stack("t3.medium", "a"), **outputs)
    renamed = cloud.deploy("Host", stack("t3.medium", "b"), **outputs)
    larger = cloud.deploy("Host", stack("t3.large", "b"), **outputs)

    assert first == renamed
    assert first["Ip"].startswith("10.20.1.")
    assert (state(first["Id"]), state(larger["Id"])) == ("terminated", "running")
    cloud.delete("Host")
    eventually(lambda: state(larger["Id"]) == "terminated")


def test_a_secret_in_a_condition_of_a_listener_rule_is_resolved(cloud: ComputeCloud) -> None:
    condition = {
        "Field": "http-header",
        "HttpHeaderConfig": {
            "HttpHeaderName": "X-Greenlight-Preview",
            "Values": [{"Fn::Join": ["", ["blue-{{resolve:secretsmanager:", {"Ref": "Secret"}, ":SecretString:::}}"]]}],
        },
    }
    fixed = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
    resources = {
        "Vpc": VPC,
        "Subnet": SUBNET,
        "Secret": resource("AWS::SecretsManager::Secret", GenerateSecretString={"ExcludePunctuation": True}),
        "Balancer": resource("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=[{"Ref": "Subnet"}]),
        "Listener": resource(
            "AWS::ElasticLoadBalancingV2::Listener",
            LoadBalancerArn={"Ref": "Balancer"},
            Port=80,
            Protocol="HTTP",
            DefaultActions=fixed,
        ),
        "Rule": resource(
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            ListenerArn={"Ref": "Listener"},
            Priority=10,
            Conditions=[condition],
            Actions=fixed,
        ),
    }
    made = cloud.deploy("Preview", resources, Secret={"Ref": "Secret"}, Listener={"Ref": "Listener"})
    secret = cloud.client("secretsmanager").get_secret_value(SecretId=made["Secret"])["SecretString"]
    rules = cloud.client("elbv2").describe_rules(ListenerArn=made["Listener"])["Rules"]

    found = [each["Conditions"][0]["HttpHeaderConfig"]["Values"] for each in rules if each["Conditions"]]
    assert found == [[f"blue-{secret}"]]
