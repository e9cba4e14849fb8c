"""Pieces of CloudFormation templates that several tests deploy."""

from __future__ import annotations

from typing import Any

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.20.0.0/16"}}
SUBNET = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.20.1.0/24"}}


def open_network(cidr: str = "10.20.1.0/24") -> dict[str, Any]:
    """A network whose subnet gives public addresses and leads to the internet."""
    return {
        "Vpc": VPC,
        "Subnet": resource("AWS::EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock=cidr, MapPublicIpOnLaunch=True),
        "Gateway": resource("AWS::EC2::InternetGateway"),
        "Attachment": resource(
            "AWS::EC2::VPCGatewayAttachment", VpcId={"Ref": "Vpc"}, InternetGatewayId={"Ref": "Gateway"}
        ),
        "Table": resource("AWS::EC2::RouteTable", VpcId={"Ref": "Vpc"}),
        "Way": {
            **resource(
                "AWS::EC2::Route",
                RouteTableId={"Ref": "Table"},
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId={"Ref": "Gateway"},
            ),
            "DependsOn": "Attachment",
        },
        "Use": resource(
            "AWS::EC2::SubnetRouteTableAssociation", SubnetId={"Ref": "Subnet"}, RouteTableId={"Ref": "Table"}
        ),
    }


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    """One resource of a template."""
    return {"Type": kind, "Properties": properties}
