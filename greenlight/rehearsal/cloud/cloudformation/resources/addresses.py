"""AWS::EC2::EIP and AWS::EC2::NatGateway, for the setting `nat_gateways`. Record only: nothing is translated."""

from __future__ import annotations

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.answers import element, query
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import (
    Created,
    Properties,
    ResourceType,
    register,
)
from greenlight.rehearsal.cloud.requirement import require

_GATEWAY_PARAMETERS = ("SubnetId", "AllocationId", "ConnectivityType")


def install() -> None:
    """Add both types."""
    require(ec2, "_addresses", "_nat_gateways", "_tags", "_allocate_address", "_create_nat_gateway")
    require(provisioners, "_ec2_apply_tags")
    register(
        ResourceType(
            "AWS::EC2::EIP",
            _allocate,
            _release,
            _retag_address,
            ("Address", "Domain", "IpamPoolId", "NetworkBorderGroup", "TransferAddress"),
        )
    )
    register(
        ResourceType(
            "AWS::EC2::NatGateway",
            _create_gateway,
            _delete_gateway,
            _retag_gateway,
            ("AllocationId", "ConnectivityType", "PrivateIpAddress", "SubnetId", "VpcId"),
        )
    )


def _allocate(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    answer = query(ec2._allocate_address, {"Domain": "vpc"})
    provisioners._ec2_apply_tags(element(answer, "allocationId"), properties)
    return _address(element(answer, "publicIp"))


def _address(public_ip: str) -> Created:
    return public_ip, {"PublicIp": public_ip, "AllocationId": _allocation(public_ip)}


def _allocation(public_ip: str) -> str:
    return next((key for key, each in ec2._addresses.items() if each["PublicIp"] == public_ip), "")


def _retag_address(physical_id: str, old: Properties, new: Properties) -> Created:
    provisioners._ec2_apply_tags(_allocation(physical_id), new, old)
    return _address(physical_id)


def _release(physical_id: str, _properties: Properties) -> None:
    allocation = _allocation(physical_id)
    ec2._addresses.pop(allocation, None)
    ec2._tags.pop(allocation, None)


def _create_gateway(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    answer = query(ec2._create_nat_gateway, {name: properties.get(name) for name in _GATEWAY_PARAMETERS})
    gateway = element(answer, "natGatewayId")
    provisioners._ec2_apply_tags(gateway, properties)
    return gateway, {"NatGatewayId": gateway}


def _retag_gateway(physical_id: str, old: Properties, new: Properties) -> Created:
    provisioners._ec2_apply_tags(physical_id, new, old)
    return physical_id, {"NatGatewayId": physical_id}


def _delete_gateway(physical_id: str, _properties: Properties) -> None:
    ec2._nat_gateways.pop(physical_id, None)
    ec2._tags.pop(physical_id, None)
