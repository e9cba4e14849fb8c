"""Reads quotas, and what is in use of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from greenlight.doctor import quotas
from greenlight.doctor.ports.aws import Aws, unless
from greenlight.doctor.ports.stacks import Stacks
from greenlight.doctor.quotas import Demand, Quota, Room

GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


class Quotas:
    """One look at all quotas."""

    def __init__(self, aws: Aws, stacks: Stacks) -> None:
        self._aws, self._stacks = aws, stacks

    def rooms(self, demand: Demand) -> list[Room]:
        """Each quota with its value, its use, and what Greenlight has and wants of it."""
        used, ours = self._used(), self._ours()
        return [
            Room(quota, self._value(quota), used[quota](), ours[quota], demand.of(quota)) for quota in quotas.QUOTAS
        ]

    def _value(self, quota: Quota) -> int:
        """The account's own value, or AWS's default where the account has none (API reference, GetServiceQuota)."""
        client = self._aws.client("service-quotas")
        asked = {"ServiceCode": quota.service, "QuotaCode": quota.code}
        found = unless(lambda: client.get_service_quota(**asked), "NoSuchResourceException")
        answer = found or client.get_aws_default_service_quota(**asked)
        return int(answer["Quota"]["Value"])

    def _used(self) -> Mapping[Quota, Callable[[], int]]:
        return {
            quotas.RULES: self._rules,
            quotas.TARGET_GROUPS: lambda: self._count("elbv2", "describe_target_groups", "TargetGroups"),
            quotas.LOAD_BALANCERS: self._load_balancers,
            quotas.ELASTIC_IPS: lambda: len(self._aws.client("ec2").describe_addresses()["Addresses"]),
            quotas.VPCS: lambda: self._count("ec2", "describe_vpcs", "Vpcs"),
            quotas.INTERNET_GATEWAYS: lambda: self._count("ec2", "describe_internet_gateways", "InternetGateways"),
        }

    def _ours(self) -> Mapping[Quota, int]:
        edge, network = self._stacks.count("Edge"), self._stacks.count("Network")
        services = edge[GROUP] // quotas.GROUPS_PER_SERVICE
        return {
            quotas.RULES: services * quotas.RULES_PER_SERVICE,
            quotas.TARGET_GROUPS: edge[GROUP],
            quotas.LOAD_BALANCERS: edge[BALANCER],
            quotas.ELASTIC_IPS: network["AWS::EC2::EIP"],
            quotas.VPCS: network["AWS::EC2::VPC"],
            quotas.INTERNET_GATEWAYS: network["AWS::EC2::InternetGateway"],
        }

    def _count(self, service: str, operation: str, key: str) -> int:
        return len(self._aws.pages(service, operation, key))

    def _load_balancers(self) -> int:
        found = self._aws.pages("elbv2", "describe_load_balancers", "LoadBalancers")
        return sum(each["Type"] == "application" for each in found)

    def _rules(self) -> int:
        """All rules of the load balancer but the default ones; none while it is not there."""
        arns = self._stacks.physical("Edge", BALANCER)
        listeners = [
            each["ListenerArn"]
            for arn in arns
            for each in self._aws.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
        ]
        rules = [self._aws.pages("elbv2", "describe_rules", "Rules", ListenerArn=arn) for arn in listeners]
        return sum(not rule["IsDefault"] for found in rules for rule in found)
