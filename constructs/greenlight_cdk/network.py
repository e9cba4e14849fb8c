"""The VPC that everything runs in."""

from __future__ import annotations

from aws_cdk import Aws, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.log_group import LogGroup

ZONES = 2
SUBNET_PREFIX = 24


class Network(Construct):
    """A VPC over two zones with flow logs, and gateway endpoints for S3 and DynamoDB, which cost nothing.

    Without NAT there are public subnets only. `public_addresses` says whether what starts in one gets an address
    unasked; the load balancer and the gateways bring their own. Nothing uses the default security group, which
    CloudFormation cannot change: see `strict.closed_group`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cidr: str,
        nat_gateways: int,
        flow_log_retention_days: int,
        public_addresses: bool = True,
    ) -> None:
        super().__init__(scope, construct_id)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(cidr),
            max_azs=ZONES,
            nat_gateways=nat_gateways,
            subnet_configuration=_subnets(nat_gateways, public_addresses),
            restrict_default_security_group=False,
        )
        self._answer_the_second_pack()
        self.service_subnets = _service_subnets(nat_gateways)
        self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        self.vpc.add_gateway_endpoint("DynamoDb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)
        self._log_flows(flow_log_retention_days)

    def _answer_the_second_pack(self) -> None:
        acknowledge(
            self.vpc,
            "NIST.800.53.R5-VPCDefaultSecurityGroupClosed",
            "Nothing is in the default security group, and with strict a function takes its rules away (ClosedGroup):"
            " the rule knows the CDK's own function alone.",
        )
        acknowledge(
            self.vpc,
            "NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW",
            "The load balancer of a public application and the NAT gateways are in these subnets; with strict nothing"
            " else is.",
        )

    def _log_flows(self, retention_days: int) -> None:
        """Let this account's flow logs write, and no other's (VPC user guide, IAM role for publishing flow logs)."""
        log_group = LogGroup(self, "FlowLogs", retention_days=retention_days)
        flow_logs = Stack.of(self).format_arn(service="ec2", resource="vpc-flow-log", resource_name="*")
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}, "ArnLike": {"aws:SourceArn": flow_logs}}
        service = iam.ServicePrincipal("vpc-flow-logs.amazonaws.com", conditions=ours)
        role = iam.Role(self, "FlowLogRole", assumed_by=service)
        self.vpc.add_flow_log("FlowLog", destination=ec2.FlowLogDestination.to_cloud_watch_logs(log_group, role))


def _subnets(nat_gateways: int, public_addresses: bool) -> list[ec2.SubnetConfiguration]:
    """Return the subnets of each zone. Private ones come second, so that adding NAT later moves no public one."""
    public = ec2.SubnetConfiguration(
        name="Public",
        subnet_type=ec2.SubnetType.PUBLIC,
        cidr_mask=SUBNET_PREFIX,
        map_public_ip_on_launch=public_addresses,
    )
    private = ec2.SubnetConfiguration(
        name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=SUBNET_PREFIX
    )
    return [public, private] if nat_gateways else [public]


def _service_subnets(nat_gateways: int) -> ec2.SubnetSelection:
    return ec2.SubnetSelection(
        subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS if nat_gateways else ec2.SubnetType.PUBLIC
    )
