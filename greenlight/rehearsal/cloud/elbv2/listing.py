"""The requests that list load balancers, target groups, listeners and rules: in pages, as AWS gives them.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html and its like: PageSize is
between 1 and 400, and Marker is what the last answer said. ministack gives everything at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ministack.services import alb, ec2

from greenlight.rehearsal.cloud.elbv2 import errors, records
from greenlight.rehearsal.cloud.elbv2.checks import Params

LARGEST_PAGE = 400
Record = dict[str, Any]
_ZONE = re.compile(r"<ZoneName>[^<]*</ZoneName><SubnetId>([^<]*)</SubnetId>")


def handlers() -> dict[str, Callable[[Params], Any]]:
    """The four requests."""
    return {
        "DescribeLoadBalancers": _listing("LoadBalancers", _load_balancers, load_balancer_xml),
        "DescribeTargetGroups": _listing("TargetGroups", _target_groups, lambda each: alb._tg_xml(each)),
        "DescribeListeners": _listing("Listeners", _listeners, lambda each: alb._listener_xml(each)),
        "DescribeRules": _listing("Rules", _rules, lambda each: alb._rule_xml(each)),
    }


def load_balancer_xml(record: Record) -> str:
    """Write a load balancer, with the zones that its subnets are in."""
    return _ZONE.sub(_placed, alb._lb_xml(record))


def _placed(found: re.Match[str]) -> str:
    subnet = ec2._subnets.get(found[1])
    zone = f"<ZoneName>{subnet['AvailabilityZone']}</ZoneName>" if subnet else ""
    return f"{zone}<SubnetId>{found[1]}</SubnetId>" if zone else found[0]


def _listing(
    element: str, select: Callable[[Params], Iterable[Record]], write: Callable[[Record], str]
) -> Callable[[Params], Any]:
    def describe(params: Params) -> Any:
        found = list(select(params))
        start, size = _page(params)
        shown = "".join(write(each) for each in found[start : start + size])
        more = f"<NextMarker>{start + size}</NextMarker>" if len(found) > start + size else ""
        return alb._xml(200, f"Describe{element}", f"<{element}>{shown}</{element}>{more}")

    return describe


def _page(params: Params) -> tuple[int, int]:
    """Read where a page begins, and how long it is."""
    size, marker = alb._p(params, "PageSize") or str(LARGEST_PAGE), alb._p(params, "Marker") or "0"
    if not size.isdigit() or not 1 <= int(size) <= LARGEST_PAGE:
        raise errors.out_of_range(size, "PageSize", 1, LARGEST_PAGE)
    if not marker.isdigit():
        raise errors.invalid("The marker is invalid")
    return int(marker), int(size)


def _load_balancers(params: Params) -> list[Record]:
    return _chosen(params, list(alb._lbs.values()), "LoadBalancer")


def _target_groups(params: Params) -> list[Record]:
    user = alb._p(params, "LoadBalancerArn")
    found = [each for each in list(alb._tgs.values()) if not user or user in each["LoadBalancerArns"]]
    return _chosen(params, found, "TargetGroup")


def _listeners(params: Params) -> list[Record]:
    user = alb._p(params, "LoadBalancerArn")
    found = [each for each in list(alb._listeners.values()) if not user or each["LoadBalancerArn"] == user]
    return _chosen(params, found, "Listener")


def _rules(params: Params) -> list[Record]:
    """List a listener's rules by priority, the default one last, or the rules that were asked for."""
    if listener := alb._p(params, "ListenerArn"):
        return records.rules_of(listener)
    return [alb._rules[arn] for arn in alb._parse_member_list(params, "RuleArns")]


def _chosen(params: Params, found: list[Record], kind: str) -> list[Record]:
    """Keep those that were asked for by ARN or by name; all when none was."""
    for key, wanted in (("Arn", f"{kind}Arns"), ("Name", "Names")):
        if asked := alb._parse_member_list(params, wanted):
            found = [each for each in found if each.get(f"{kind}{key}") in asked]
    return found
