"""Pieces of CloudFormation templates that several tests deploy."""

from __future__ import annotations

from typing import Any

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.20.0.0/16"}}
SUBNET = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.20.1.0/24"}}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    """One resource of a template."""
    return {"Type": kind, "Properties": properties}
