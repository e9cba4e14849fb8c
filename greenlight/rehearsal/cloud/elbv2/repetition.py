"""A load balancer or a target group that is created again: taken with the same settings, refused with others.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html ("This operation is
idempotent"). ministack refuses both, in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import alb

from greenlight.rehearsal.cloud.elbv2 import errors, listing
from greenlight.rehearsal.cloud.elbv2.checks import Params

_LOAD_BALANCER = {"Scheme": "internet-facing", "Type": "application", "IpAddressType": "ipv4"}
_GROUP = {
    "Protocol": "HTTP",
    "Port": "80",
    "VpcId": "",
    "TargetType": "instance",
    "HealthCheckProtocol": "HTTP",
    "HealthCheckPort": "traffic-port",
    "HealthCheckPath": "/",
    "HealthCheckIntervalSeconds": "30",
    "HealthCheckTimeoutSeconds": "5",
    "HealthyThresholdCount": "5",
    "UnhealthyThresholdCount": "2",
}
"""What each setting is when a request does not give it."""


def repeated(action: str, params: Params) -> Any:
    """Answer with what is there already, or nothing. Raises ApiError when that has other settings."""
    name = alb._p(params, "Name")
    if action == "CreateLoadBalancer" and (found := _named(alb._lbs, "LoadBalancerName", name)):
        lists = all(
            sorted(alb._parse_member_list(params, member)) == sorted(found[member])
            for member in ("Subnets", "SecurityGroups")
        )
        if not lists or not _is_same(_LOAD_BALANCER, params, found):
            raise _other("DuplicateLoadBalancerName", "load balancer", name)
        return alb._xml(200, action, f"<LoadBalancers>{listing.load_balancer_xml(found)}</LoadBalancers>")
    if action == "CreateTargetGroup" and (found := _named(alb._tgs, "TargetGroupName", name)):
        if not _is_same(_GROUP, params, found):
            raise _other("DuplicateTargetGroupName", "target group", name)
        return alb._xml(200, action, f"<TargetGroups>{alb._tg_xml(found)}</TargetGroups>")
    return None


def _named(records: Mapping[str, Any], key: str, name: str) -> dict[str, Any] | None:
    return next((dict(each) for each in list(records.values()) if each[key] == name), None)


def _is_same(defaults: Mapping[str, str], params: Params, found: Mapping[str, Any]) -> bool:
    return all(alb._p(params, name, default) == str(found[name]) for name, default in defaults.items())


def _other(code: str, kind: str, name: str) -> errors.ApiError:
    return errors.ApiError(code, f"A {kind} with the same name '{name}' exists, but with different settings")
