"""Whether what runs in a subnet can reach an AWS service: by records alone, since no packet of the rehearsal is routed.

Sources: docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html (a route, and a public address),
docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html (a gateway in a subnet that has the way itself), and
docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ministack.core.responses import get_region
from ministack.services import ec2

from greenlight.rehearsal.cloud.requirement import require

REGISTRY = ("ecr.api", "ecr.dkr", "s3")
"""What a pull talks to: docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html. Layers come from S3."""

_ANYWHERE = "0.0.0.0/0"
_HTTPS = 443


def check_requirements() -> None:
    """Fail at start when ministack holds its networks otherwise."""
    require(ec2, "_route_tables", "_internet_gateways", "_nat_gateways", "_vpc_endpoints", "_subnets")
    require(ec2, "_security_groups", "_DEFAULT_VPC_ID")


def obstacle(subnet: str, groups: Iterable[str], services: Iterable[str], *, public: bool) -> str:
    """Say what keeps HTTPS requests from services, by the names of their endpoints; empty when nothing does.

    Without groups it is the default one of the network, which lets everything out.
    """
    named = list(groups)
    if named and not any(_lets_out(ec2._security_groups.get(group, {})) for group in named):
        return "no security group lets HTTPS out"
    network = ec2._subnets.get(subnet, {}).get("VpcId", ec2._DEFAULT_VPC_ID)
    missing = [service for service in services if not _has_endpoint(network, subnet, service)]
    if not missing or _leads_out(subnet, public=public):
        return ""
    return (
        f"subnet {subnet} has no way to {', '.join(missing)}: neither an internet gateway with a public address, nor a "
        "NAT gateway, nor endpoints"
    )


def _lets_out(group: Mapping[str, Any]) -> bool:
    return any(
        str(rule.get("IpProtocol")) == "-1" or int(rule.get("FromPort", 0)) <= _HTTPS <= int(rule.get("ToPort", 0))
        for rule in group.get("IpPermissionsEgress") or ()
    )


def _has_endpoint(network: str, subnet: str, service: str) -> bool:
    """Whether an endpoint answers under the service's own name, or the subnet's routes lead to one."""
    name, table = f"com.amazonaws.{get_region()}.{service}", _table(subnet).get("RouteTableId")
    return any(
        table in each["RouteTableIds"]
        if each["VpcEndpointType"] == "Gateway"
        else str(each.get("PrivateDnsEnabled")).lower() == "true"
        for each in ec2._vpc_endpoints.values()
        if (each["VpcId"], each["ServiceName"]) == (network, name)
    )


def _leads_out(subnet: str, *, public: bool) -> bool:
    route = _default_route(subnet)
    if gateway := route.get("NatGatewayId"):
        found = ec2._nat_gateways.get(gateway)
        return bool(found) and _is_internet_gateway(_default_route(found["SubnetId"]).get("GatewayId"))
    return public and _is_internet_gateway(route.get("GatewayId"))


def _is_internet_gateway(identity: Any) -> bool:
    return bool(ec2._internet_gateways.get(identity, {}).get("Attachments"))


def _default_route(subnet: str) -> Mapping[str, Any]:
    routes = _table(subnet).get("Routes") or ()
    return next((route for route in routes if route.get("DestinationCidrBlock") == _ANYWHERE), {})


def _table(subnet: str) -> Mapping[str, Any]:
    """Return the subnet's own route table, else the main one of its network."""
    network = ec2._subnets.get(subnet, {}).get("VpcId", ec2._DEFAULT_VPC_ID)
    tables = [table for table in ec2._route_tables.values() if table["VpcId"] == network]
    own = [table for table in tables if any(each.get("SubnetId") == subnet for each in table["Associations"])]
    main = [table for table in tables if any(each.get("Main") for each in table["Associations"])]
    return next(iter([*own, *main]), {})
