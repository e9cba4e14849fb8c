"""Which targets a target group takes.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html (InvalidTarget: "does not
exist, is not in the same VPC as the target group, or has an unsupported instance type"; an instance must be running)
and API_TargetDescription.html (an address outside of the VPC's subnets needs an Availability Zone, and is private).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from ministack.services import alb, ec2

from greenlight.rehearsal.cloud.elbv2 import errors
from greenlight.rehearsal.cloud.requirement import require

OUTSIDE = tuple(map(ip_network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")))
"""Where a target outside of the VPC may be."""


def require_networks() -> None:
    """Fail at start when ministack holds its networks otherwise."""
    require(ec2, "_instances", "_subnets", "_vpcs", "_DEFAULT_VPC_ID")


def check_vpc(identity: str) -> None:
    """Raise ApiError for a target group in a VPC that does not exist."""
    if identity and identity not in ec2._vpcs:
        raise errors.invalid(f"The VPC ID '{identity}' is not found")


def check_targets(group: Mapping[str, Any], targets: Iterable[Mapping[str, Any]]) -> None:
    """Raise ApiError for targets that the group cannot have."""
    given = list(targets)
    if group["TargetType"] == "instance":
        _check_instances(group["VpcId"], [str(each["Id"]) for each in given])
    elif group["TargetType"] == "ip":
        for each in given:
            _check_address(group["VpcId"], str(each["Id"]), str(each.get("AvailabilityZone") or ""))


def availability_zones(params: Mapping[str, list[str]]) -> list[str]:
    """Read the zones of a request's targets, which ministack passes over; empty where none is given."""
    zones: list[str] = []
    while alb._p(params, f"Targets.member.{len(zones) + 1}.Id"):
        zones.append(alb._p(params, f"Targets.member.{len(zones) + 1}.AvailabilityZone"))
    return zones


def _check_instances(vpc: str, identities: list[str]) -> None:
    if missing := [each for each in identities if each not in ec2._instances]:
        raise errors.target_missing(missing)
    running = {each for each in identities if ec2._instances[each]["State"]["Name"] == "running"}
    if stopped := [each for each in identities if each not in running]:
        raise errors.target_not_running(stopped)
    if elsewhere := [each for each in identities if ec2._instances[each]["VpcId"] != vpc]:
        raise errors.target_in_another_vpc(elsewhere, vpc)


def _check_address(vpc: str, text: str, zone: str) -> None:
    try:
        address = ip_address(text)
    except ValueError:
        raise errors.invalid(f"The IP address '{text}' is not a valid IPv4 address") from None
    ranges = [subnet["CidrBlock"] for subnet in ec2._subnets.values() if subnet["VpcId"] == vpc]
    if any(address in ip_network(each) for each in ranges):
        return
    if not isinstance(address, IPv4Address) or not any(address in each for each in OUTSIDE):
        raise errors.invalid(f"The IP address '{text}' must be in the VPC or in a private range")
    if not zone:
        raise errors.invalid(f"The Availability Zone is required for IP address '{text}' because it is not in the VPC")
