"""Who may open a connection to whom."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge

PUBLIC_PORTS = (80, 443)


class SecurityGroups(Construct):
    """The load balancer is open to the world on its listeners' ports; services are open to the load balancer alone.

    Both groups are made together, and all their rules here: a rule names both groups, so that stacks which each owned
    one of them would depend on each other in a circle.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        service_ports: Sequence[int],
        ssh_cidr: str | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.load_balancer = ec2.SecurityGroup(
            self, "LoadBalancer", vpc=vpc, description="Greenlight load balancer", allow_all_outbound=False
        )
        self.service = ec2.SecurityGroup(self, "Service", vpc=vpc, description="Greenlight host and tasks")
        self._admit_the_world()
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
