"""The front door and the target groups behind it."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct
from greenlight_cdk.access_log_bucket import AccessLogBucket
from greenlight_cdk.color_target_groups import ColorTargetGroups, HealthPolicy
from greenlight_cdk.deletion_protection import DeletionProtection
from greenlight_cdk.front_door import FrontDoor
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.preview_rules import PreviewRules, PreviewSecret
from greenlight_cdk.web_firewall import WebFirewall
from traffic_switch.contract import Color

from stacks.network import NetworkStack
from stacks.settings import ServiceSettings, Settings


class EdgeStack(Stack):
    """Load balancer, listeners, target groups, preview rules, firewall: all that stays the same when traffic moves."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, network: NetworkStack) -> None:
        super().__init__(scope, construct_id, description="Greenlight: load balancer and target groups")
        self._network = network
        door = FrontDoor(
            self,
            "FrontDoor",
            vpc=network.vpc,
            security_group=network.load_balancer_security_group,
            certificate_arn=settings.certificate_arn,
            serves_https=settings.serves_https,
        )
        self.load_balancer = door.load_balancer
        self.listener, self.first_listener = door.listener, door.http
        self._keep_exported(door)
        own_name = door.load_balancer.load_balancer_dns_name
        self.own_url = f"{door.scheme}://{own_name}"
        self.preview_secret = PreviewSecret(self, "PreviewSecret")
        self.target_groups = {service.name: self._service(service, settings) for service in settings.services}
        self._guard(settings)
        CfnOutput(self, "FrontDoorUrl", value=f"{door.scheme}://{settings.domain_name or own_name}")
        CfnOutput(self, "LoadBalancerName", value=own_name)
        CfnOutput(self, "ListenerArn", value=door.listener.listener_arn)
        if door.https:
            redirecting = door.http if door.listener is door.https else door.https
            CfnOutput(self, "OtherListenerArn", value=redirecting.listener_arn)
        DeletionProtection(
            self,
            "DeletionProtection",
            door=door,
            enabled=settings.deletion_protection,
            log_retention_days=settings.log_retention_days,
        )

    def _service(self, service: ServiceSettings, settings: Settings) -> dict[Color, elbv2.ApplicationTargetGroup]:
        """Make one service's target groups and the preview rules that lead to them."""
        name = pascal(service.name)
        on_host = settings.compute == "ec2"
        groups = ColorTargetGroups(
            self,
            name,
            vpc=self._network.vpc,
            target_type=elbv2.TargetType.INSTANCE if on_host else elbv2.TargetType.IP,
            ports={color: service.port(color) if on_host else settings.container_port for color in Color},
            health_path=service.health_path,
            health=_health(settings),
        )
        PreviewRules(
            self,
            f"{name}Preview",
            listener=self.listener,
            target_groups=groups.by_color,
            secret=self.preview_secret,
            paths=service.paths,
            production_priority=service.priority,
        )
        for color, group in groups.by_color.items():
            CfnOutput(self, f"{name}{color.capitalize()}TargetGroupArn", value=group.target_group_arn)
        return groups.by_color

    def _keep_exported(self, door: FrontDoor) -> None:
        """Export the load balancer's name and every listener, whichever of them the switch uses.

        A switch that was deployed with other settings still imports them while this stack is updated, and
        CloudFormation removes no export that is imported (CDK API reference, Stack.exportValue).
        """
        self.export_value(door.load_balancer.load_balancer_dns_name)
        for listener in door.listeners:
            self.export_value(listener.listener_arn)

    def _guard(self, settings: Settings) -> None:
        logs = AccessLogBucket(self, "AccessLogs", retention_days=settings.log_retention_days)
        logs.receive_from(self.load_balancer)
        if settings.waf:
            WebFirewall(
                self,
                "Firewall",
                metric=settings.names.firewall_metric,
                load_balancer_arn=self.load_balancer.load_balancer_arn,
                log_retention_days=settings.log_retention_days,
            )


def _health(settings: Settings) -> HealthPolicy:
    return HealthPolicy(
        interval_seconds=settings.health_interval_seconds,
        timeout_seconds=settings.health_timeout_seconds,
        healthy_count=settings.healthy_count,
        unhealthy_count=settings.unhealthy_count,
        deregistration_delay_seconds=settings.deregistration_delay_seconds,
    )
