"""The network and every security group."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack
from constructs import Construct
from greenlight_cdk.network import Network
from greenlight_cdk.people_preview import people_port
from greenlight_cdk.security_groups import SecurityGroups
from greenlight_cdk.settings_guard import SettingsGuard
from greenlight_cdk.strict.closed_group import ClosedGroup
from traffic_switch.contract import Color

from stacks.recorded import recorded
from stacks.settings import Settings


class NetworkStack(Stack):
    """VPC, flow logs, and who may talk to whom.

    It comes before every stack that the settings guard's settings reach, so that a refused change touches nothing.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id, description="Greenlight: VPC and security groups")
        guard = SettingsGuard(
            self, "SettingsGuard", recorded=recorded(settings), log_retention_days=settings.log_retention_days
        )
        network = Network(
            self,
            "Network",
            cidr=settings.vpc_cidr,
            nat_gateways=settings.nat_gateways,
            flow_log_retention_days=settings.flow_log_retention_days,
            public_addresses=not settings.is_strict,
        )
        groups = SecurityGroups(
            self,
            "SecurityGroups",
            vpc=network.vpc,
            service_ports=_service_ports(settings),
            ssh_cidr=settings.ssh_cidr,
            egress=settings.egress,
            previewers=settings.preview_cidrs or (),
            preview_port=people_port(settings.certificate_arn),
        )
        for guarded in (network, groups):
            guarded.node.add_dependency(guard.resource)
        if settings.is_strict:
            ClosedGroup(self, "ClosedGroup", vpc=network.vpc, log_retention_days=settings.log_retention_days)
        self.vpc = network.vpc
        self.service_subnets = network.service_subnets
        self.load_balancer_security_group = groups.load_balancer
        self.service_security_group = groups.service
        CfnOutput(self, "VpcId", value=network.vpc.vpc_id)


def _service_ports(settings: Settings) -> list[int]:
    """Return what the load balancer must reach: each color's host port on EC2, the containers' own port on Fargate."""
    if settings.compute == "fargate":
        return [settings.container_port]
    return [service.port(color) for service in settings.services for color in Color]
