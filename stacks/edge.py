"""The front door and the target groups behind it."""

from __future__ import annotations

from typing import TypedDict

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct
from greenlight_cdk.access_log_bucket import AccessLogBucket
from greenlight_cdk.color_target_groups import ColorTargetGroups, HealthPolicy
from greenlight_cdk.deletion_protection import DeletionProtection
from greenlight_cdk.front_door import FrontDoor
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.lambda_function import PythonFunction
from greenlight_cdk.people_preview import PeoplePreview
from greenlight_cdk.preview_keys import PreviewKeys, PreviewSecret
from greenlight_cdk.preview_rules import PreviewRules
from greenlight_cdk.web_firewall import WebFirewall
from traffic_switch.contract import Color, preview_name

from stacks.network import NetworkStack
from stacks.settings import ServiceSettings, Settings


class _Rotated(TypedDict):
    """What the values of the preview header need, whoever holds them."""

    load_balancer: elbv2.ApplicationLoadBalancer
    names: list[str]
    rotation_days: int
    spread_seconds: int
    log_retention_days: int


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
            hsts=settings.is_strict,
        )
        self.load_balancer = door.load_balancer
        self.listener, self.first_listener = door.listener, door.http
        own_name = door.load_balancer.load_balancer_dns_name
        self.own_url = f"{door.scheme}://{own_name}"
        self.preview_secret = PreviewSecret(self, "PreviewSecret")
        rotated = _Rotated(
            load_balancer=door.load_balancer,
            names=[preview_name(service.name, color) for service in settings.services for color in Color],
            rotation_days=settings.preview_rotation_days,
            spread_seconds=settings.confirm_deadline_seconds,
            log_retention_days=settings.log_retention_days,
        )
        self._preview_keys = PreviewKeys(self, "PreviewKeys", secret=self.preview_secret, **rotated)
        self._people = self._people_preview(settings, rotated) if settings.preview_cidrs else None
        self._keep_exported(door)
        self.target_groups = {service.name: self._service(service, settings) for service in settings.services}
        self._guard(settings)
        CfnOutput(self, "FrontDoorUrl", value=f"{door.scheme}://{settings.domain_name or own_name}")
        CfnOutput(self, "LoadBalancerName", value=own_name)
        CfnOutput(self, "PreviewSecretArn", value=self.preview_secret.secret_arn)
        CfnOutput(self, "PreviewFunctionName", value=self._preview_keys.function.function.function_name)
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

    @property
    def preview_functions(self) -> list[PythonFunction]:
        """Those that rotate, and so change preview rules."""
        return [self._preview_keys.function, *([self._people.keys.function] if self._people else [])]

    def _people_preview(self, settings: Settings, rotated: _Rotated) -> PeoplePreview:
        people = PeoplePreview(self, "PeoplePreview", certificate_arn=settings.certificate_arn, **rotated)
        scheme = "https" if settings.certificate_arn else "http"
        host = settings.domain_name or self.load_balancer.load_balancer_dns_name
        CfnOutput(self, "PeoplePreviewUrl", value=f"{scheme}://{host}:{people.port}")
        CfnOutput(self, "PeoplePreviewSecretArn", value=people.secret.secret_arn)
        CfnOutput(self, "PeoplePreviewFunctionName", value=people.keys.function.function.function_name)
        return people

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
            service=service.name,
            listener=self.listener,
            target_groups=groups.by_color,
            keys=self._preview_keys,
            production_priority=service.priority,
        )
        if self._people:
            self._people.lead_to(service.name, groups.by_color, service.priority)
        for color, group in groups.by_color.items():
            CfnOutput(self, f"{name}{color.capitalize()}TargetGroupArn", value=group.target_group_arn)
        return groups.by_color

    def _keep_exported(self, door: FrontDoor) -> None:
        """Export what the switch uses with some settings, whatever they are: the load balancer's name, every listener,
        and the functions that rotate, with their roles.

        A switch that was deployed with other settings still imports them while this stack is updated, and
        CloudFormation removes no export that is imported (CDK API reference, Stack.exportValue).
        """
        self.export_value(door.load_balancer.load_balancer_dns_name)
        for listener in door.listeners:
            self.export_value(listener.listener_arn)
        for function in self.preview_functions:
            self.export_value(function.role.role_arn)
            self.export_value(function.function.function_name)

    def _guard(self, settings: Settings) -> None:
        logs = AccessLogBucket(
            self, "AccessLogs", retention_days=settings.log_retention_days, undeletable=settings.is_strict
        )
        logs.receive_from(self.load_balancer)
        if settings.waf:
            WebFirewall(
                self,
                "Firewall",
                metric=settings.names.firewall_metric,
                load_balancer_arn=self.load_balancer.load_balancer_arn,
                log_retention_days=settings.log_retention_days,
                requests_per_address=settings.rate_limit,
                logs_stay=settings.is_strict,
            )


def _health(settings: Settings) -> HealthPolicy:
    return HealthPolicy(
        interval_seconds=settings.health_interval_seconds,
        timeout_seconds=settings.health_timeout_seconds,
        healthy_count=settings.healthy_count,
        unhealthy_count=settings.unhealthy_count,
        deregistration_delay_seconds=settings.deregistration_delay_seconds,
    )
