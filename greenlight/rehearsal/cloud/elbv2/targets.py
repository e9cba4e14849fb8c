"""The requests about targets: RegisterTargets, DeregisterTargets, DescribeTargetHealth."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from ministack.services import alb

from greenlight.rehearsal.balancer.health import Health
from greenlight.rehearsal.cloud.elbv2.checks import Params, target_group
from greenlight.rehearsal.cloud.elbv2.edge import Edge
from greenlight.rehearsal.cloud.elbv2.eligibility import availability_zones, check_targets
from greenlight.rehearsal.cloud.elbv2.registrations import Target


class TargetRequests:
    """Answers them. A target is an id and a port; without a port it is the one of the group."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    def register(self, params: Params) -> Any:
        """Register targets that the group can have."""
        group = target_group(params)
        zones = availability_zones(params)
        given = [
            {**target, "AvailabilityZone": zone}
            for target, zone in zip(alb._parse_targets_param(params), zones, strict=True)
        ]
        check_targets(alb._tgs[group], given)
        self._edge.registrations.register(group, self._named(group, params))
        return alb._empty("RegisterTargets")

    def deregister(self, params: Params) -> Any:
        """Deregister targets: they drain."""
        group = target_group(params)
        self._edge.registrations.deregister(group, self._named(group, params))
        return alb._empty("DeregisterTargets")

    def describe_health(self, params: Params) -> Any:
        """Tell the health of the targets asked for, registered or not, or of all that are registered or draining."""
        group = target_group(params)
        targets = self._named(group, params) or self._edge.targets(group)
        members = "".join(
            _member(target, self._check_port(group, target), self._edge.health(group, target)) for target in targets
        )
        answer = f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions>"
        return alb._xml(200, "DescribeTargetHealth", answer)

    def _named(self, group: str, params: Params) -> list[Target]:
        return [self._edge.registrations.target(group, each) for each in alb._parse_targets_param(params)]

    def _check_port(self, group: str, target: Target) -> str:
        port = alb._tgs[group]["HealthCheckPort"]
        return str(target[1]) if port == "traffic-port" else str(port)


def _member(target: Target, check_port: str, health: Health) -> str:
    reason = f"<Reason>{health.reason}</Reason>" if health.reason else ""
    description = f"<Description>{escape(health.description)}</Description>" if health.description else ""
    return (
        f"<member><Target><Id>{escape(target[0])}</Id><Port>{target[1]}</Port></Target>"
        f"<HealthCheckPort>{check_port}</HealthCheckPort>"
        f"<TargetHealth><State>{health.state}</State>{reason}{description}</TargetHealth></member>"
    )
