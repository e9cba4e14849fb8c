"""Who may open a connection to whom."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct
from traffic_switch.contract import PEOPLE_HTTP_PORT

from greenlight_cdk.acknowledge import acknowledge

PUBLIC_PORTS = (80, 443)


class SecurityGroups(Construct):
    """The load balancer is open to the world on its listeners' ports; services are open to the load balancer alone.

    Both groups are made together, and all their rules here: a rule names both groups, so that stacks which each owned
    one of them would depend on each other in a circle.

    `previewers` are networks that reach the port for previews.

    `egress` is a list of `network:port`; None is everything. Names are resolved in any case: security groups do not
    filter what goes to the VPC's resolver (VPC user guide, Security groups).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        service_ports: Sequence[int],
        ssh_cidr: str | None,
        egress: Sequence[str] | None,
        previewers: Sequence[str] = (),
        preview_port: int = PEOPLE_HTTP_PORT,
    ) -> None:
        super().__init__(scope, construct_id)
        self.load_balancer = ec2.SecurityGroup(
            self, "LoadBalancer", vpc=vpc, description="Greenlight load balancer", allow_all_outbound=False
        )
        self.service = ec2.SecurityGroup(
            self, "Service", vpc=vpc, description="Greenlight host and tasks", allow_all_outbound=egress is None
        )
        for each in egress or ():
            network, _, to = each.partition(":")
            self.service.add_egress_rule(ec2.Peer.ipv4(network), ec2.Port.tcp(int(to)), "By the setting egress")
        self._admit_the_world()
        for network in previewers:
            self.load_balancer.add_ingress_rule(
                ec2.Peer.ipv4(network), ec2.Port.tcp(preview_port), "Previews, by the setting preview_cidrs"
            )
        for port in service_ports:
            self.load_balancer.connections.allow_to(self.service, ec2.Port.tcp(port), "Requests and health checks")
        if ssh_cidr:
            self.service.add_ingress_rule(ec2.Peer.ipv4(ssh_cidr), ec2.Port.tcp(22), "SSH, by the setting ssh_cidr")

    def _admit_the_world(self) -> None:
        """Open both ports, so that a certificate added later changes nothing here; until then nobody listens on 443."""
        for port in PUBLIC_PORTS:
            self.load_balancer.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(port), "Users")
        acknowledge(
            self.load_balancer,
            "AwsSolutions-EC23",
            "The front door of a public web application: only the load balancer's listener ports are open to every"
            " address.",
        )
