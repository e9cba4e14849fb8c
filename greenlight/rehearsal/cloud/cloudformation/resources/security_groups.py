"""AWS::EC2::SecurityGroupIngress and AWS::EC2::SecurityGroupEgress: single rules, on groups of any stack.

A rule is kept and shown by DescribeSecurityGroups. No packet of the rehearsal is filtered by it.
"""

from __future__ import annotations

from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import (
    Created,
    Properties,
    ResourceType,
    register,
)
from greenlight.rehearsal.cloud.identifiers import new_id
from greenlight.rehearsal.cloud.requirement import require

_SHARED = ("CidrIp", "CidrIpv6", "FromPort", "GroupId", "IpProtocol", "ToPort")
INGRESS_PROPERTIES = (
    *_SHARED,
    "GroupName",
    "SourcePrefixListId",
    "SourceSecurityGroupId",
    "SourceSecurityGroupName",
    "SourceSecurityGroupOwnerId",
)
EGRESS_PROPERTIES = (*_SHARED, "DestinationPrefixListId", "DestinationSecurityGroupId")
"""All but Description: any other change makes a new rule."""


def install() -> None:
    """Add both types."""
    require(ec2, "_security_groups")
    require(provisioners, "_ec2_sg_permissions")
    register(_rule_type("AWS::EC2::SecurityGroupIngress", "IpPermissions", INGRESS_PROPERTIES))
    register(_rule_type("AWS::EC2::SecurityGroupEgress", "IpPermissionsEgress", EGRESS_PROPERTIES))


def _rule_type(name: str, kept_in: str, replacing: tuple[str, ...]) -> ResourceType:
    def create(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
        _rules(properties, kept_in).append(_permission(properties))
        rule_id = new_id("sgr")
        return rule_id, {"Id": rule_id}

    def update(physical_id: str, old: Properties, new: Properties) -> Created:
        rules = _rules(new, kept_in)
        rules[:] = [_permission(new) if rule == _permission(old) else rule for rule in rules]
        return physical_id, {"Id": physical_id}

    def delete(_physical_id: str, properties: Properties) -> None:
        if properties.get("GroupId") in ec2._security_groups:
            rules = _rules(properties, kept_in)
            rules[:] = [rule for rule in rules if rule != _permission(properties)]

    return ResourceType(name, create, delete, update, replacing)


def _rules(properties: Properties, kept_in: str) -> list[dict[str, Any]]:
    group = ec2._security_groups.get(properties.get("GroupId"))
    if not group:
        raise ActionError(f"The security group '{properties.get('GroupId')}' does not exist")
    rules: list[dict[str, Any]] = group[kept_in]
    return rules


def _permission(properties: Properties) -> dict[str, Any]:
    permissions: list[dict[str, Any]] = provisioners._ec2_sg_permissions([properties])
    return permissions[0]
