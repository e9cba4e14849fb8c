"""The two target groups of one service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct
from traffic_switch.contract import Color


@dataclass(frozen=True, slots=True)
class HealthPolicy:
    """How targets are looked at, and how they leave; counts are of checks in a row."""

    interval_seconds: int
    timeout_seconds: int
    healthy_count: int
    unhealthy_count: int
    deregistration_delay_seconds: int


class ColorTargetGroups(Construct):
    """One target group per color, alike in all but port and name.

    DNS failover is off: it would judge the whole load balancer by its worst target group, so that a broken idle
    color could take the live one out of DNS. Stickiness is off: it pins users to a color whatever the weights say.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        target_type: elbv2.TargetType,
        ports: Mapping[Color, int],
        health_path: str,
        health: HealthPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.by_color = {
            color: elbv2.ApplicationTargetGroup(
                self,
                color.capitalize(),
                vpc=vpc,
                target_type=target_type,
                port=port,
                protocol=elbv2.ApplicationProtocol.HTTP,
                health_check=_check(health_path, health),
                deregistration_delay=Duration.seconds(health.deregistration_delay_seconds),
                target_group_health=elbv2.TargetGroupHealth(dns_minimum_healthy_target_count=0),
            )
            for color, port in ports.items()
        }


def _check(path: str, health: HealthPolicy) -> elbv2.HealthCheck:
    return elbv2.HealthCheck(
        path=path,
        healthy_http_codes="200",
        interval=Duration.seconds(health.interval_seconds),
        timeout=Duration.seconds(health.timeout_seconds),
        healthy_threshold_count=health.healthy_count,
        unhealthy_threshold_count=health.unhealthy_count,
    )
