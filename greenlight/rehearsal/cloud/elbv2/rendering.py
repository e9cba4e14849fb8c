"""The records of the local AWS as a snapshot for the balancer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import alb

from greenlight.rehearsal.balancer.snapshot import (
    Action,
    Endpoint,
    FixedResponse,
    Forward,
    HealthCheck,
    Listener,
    Redirect,
    Rule,
    Snapshot,
    TargetGroup,
)
from greenlight.rehearsal.cloud.elbv2 import forwarding
from greenlight.rehearsal.cloud.elbv2.addresses import Addresses
from greenlight.rehearsal.cloud.elbv2.attributes import added_headers
from greenlight.rehearsal.cloud.elbv2.certificates import Certificates
from greenlight.rehearsal.cloud.elbv2.conditions import condition
from greenlight.rehearsal.cloud.elbv2.records import attribute, rules_of
from greenlight.rehearsal.cloud.elbv2.registrations import Registrations, Target
from greenlight.rehearsal.cloud.routes import Address, Routes

_DEAD_PORTS = range(1, 19)
"""Where nothing listens: a target that nothing serves refuses connections, as a host without the service does."""


def dimension(arn: str) -> str:
    """Name a load balancer or target group as CloudWatch's dimensions do."""
    return arn.rpartition(":")[2].removeprefix("loadbalancer/")


class Rendering:
    """Renders snapshots. Knows where a target was last: a target that stopped is still asked there, and refuses."""

    def __init__(
        self,
        registrations: Registrations,
        addresses: Addresses,
        certificates: Certificates,
        routes: Routes,
        check_scale: float = 1.0,
    ) -> None:
        """Make one. `check_scale` shortens health checks: 0.2 makes a second of 5, the shortest interval of AWS."""
        self._check_scale = check_scale
        self._registrations = registrations
        self._addresses = addresses
        self._certificates = certificates
        self._routes = routes
        self._last_known: dict[Target, Address] = {}

    def snapshot(self) -> Snapshot:
        """Read all records."""
        listeners = [each for each in list(alb._listeners.values()) if each["LoadBalancerArn"] in alb._lbs]
        return Snapshot(
            listeners=tuple(self._listener(each) for each in listeners),
            target_groups=tuple(self._target_group(each) for each in list(alb._tgs.values())),
        )

    def _listener(self, record: Mapping[str, Any]) -> Listener:
        attributes = alb._lb_attrs.get(record["LoadBalancerArn"], [])
        return Listener(
            arn=record["ListenerArn"],
            load_balancer=dimension(record["LoadBalancerArn"]),
            protocol=record["Protocol"],
            port=record["Port"],
            real_port=self._addresses.port(record),
            rules=tuple(
                _rule(rule, self._redirected(record["LoadBalancerArn"])) for rule in rules_of(record["ListenerArn"])
            ),
            idle_timeout_seconds=int(attribute(attributes, "idle_timeout.timeout_seconds", "60")),
            tls=self._certificates.files(record),
            added=added_headers(alb._listener_attrs.get(record["ListenerArn"], [])),
        )

    def _redirected(self, load_balancer: str) -> Mapping[str, int]:
        """The real ports of a load balancer by those that AWS knows."""
        listeners = [each for each in list(alb._listeners.values()) if each["LoadBalancerArn"] == load_balancer]
        return {str(each["Port"]): self._addresses.port(each) for each in listeners}

    def _target_group(self, record: Mapping[str, Any]) -> TargetGroup:
        arn = record["TargetGroupArn"]
        in_use = bool(record["LoadBalancerArns"])
        algorithm = attribute(alb._tg_attrs.get(arn, []), "load_balancing.algorithm.type", "round_robin")
        targets = self._registrations.registered(arn) if in_use else []
        return TargetGroup(
            name=dimension(arn),
            check=_check(record, self._check_scale),
            endpoints=tuple(
                self._endpoint(target, record["HealthCheckPort"], number) for number, target in enumerate(targets)
            ),
            least_outstanding=algorithm == "least_outstanding_requests",
        )

    def _endpoint(self, target: Target, health_check_port: str, number: int) -> Endpoint:
        """Find a target. Dead ones of one group are told apart by their number: Envoy has each address only once."""
        nowhere = Address("127.0.0.1", _DEAD_PORTS[number % len(_DEAD_PORTS)])
        real = self._find(target) or nowhere
        if health_check_port == "traffic-port":
            return Endpoint(*target, real.host, real.port, real.port)
        checked = self._find((target[0], int(health_check_port))) or nowhere
        return Endpoint(*target, real.host, real.port, checked.port)

    def _find(self, target: Target) -> Address | None:
        found = self._routes.lookup(*target)
        if found:
            self._last_known[target] = found
        return found or self._last_known.get(target)


def _rule(record: Mapping[str, Any], real_ports: Mapping[str, int]) -> Rule:
    return Rule(
        arn=record["RuleArn"],
        priority=str(record["Priority"]),
        conditions=tuple(condition(each) for each in record["Conditions"]),
        action=_action(record["Actions"], real_ports),
    )


def _action(records: list[Mapping[str, Any]], real_ports: Mapping[str, int]) -> Action:
    """Read the action that ends a request. Others, such as authentication, are passed over."""
    last = records[-1]
    if last["Type"] == "fixed-response":
        config = last["FixedResponseConfig"]
        return FixedResponse(int(config["StatusCode"]), config.get("ContentType", ""), config.get("MessageBody", ""))
    if last["Type"] == "redirect":
        given = {key.lower(): value for key, value in last["RedirectConfig"].items() if key != "StatusCode"}
        status = int(last["RedirectConfig"]["StatusCode"].removeprefix("HTTP_"))
        return Redirect(status, **given, real_port=real_ports.get(str(given.get("port")), 0))
    return Forward(tuple((dimension(arn), weight) for arn, weight in forwarding.groups_of(last)))


def _check(record: Mapping[str, Any], scale: float) -> HealthCheck:
    return HealthCheck(
        path=record["HealthCheckPath"],
        interval_seconds=record["HealthCheckIntervalSeconds"] * scale,
        timeout_seconds=record["HealthCheckTimeoutSeconds"] * scale,
        healthy_count=record["HealthyThresholdCount"],
        unhealthy_count=record["UnhealthyThresholdCount"],
        success_codes=record["Matcher"]["HttpCode"],
    )
