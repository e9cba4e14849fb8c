"""What ELBv2 says about target groups: the health of their targets, and whether they are sticky."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_switch.model import Target

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import TargetHealthDescriptionTypeDef


class TargetGroups:
    """Reads target groups; it never changes one."""

    def __init__(self, client: ElasticLoadBalancingv2Client) -> None:
        self._client = client

    def targets(self, target_group_arn: str) -> tuple[Target, ...]:
        """Every target of the group with its health, draining ones included; none of a group that is gone."""
        try:
            answer = self._client.describe_target_health(TargetGroupArn=target_group_arn)
        except self._client.exceptions.TargetGroupNotFoundException:
            return ()
        return tuple(_parsed(description) for description in answer["TargetHealthDescriptions"])

    def sticky(self, target_group_arn: str) -> bool:
        """Whether the group pins users to targets."""
        answer = self._client.describe_target_group_attributes(TargetGroupArn=target_group_arn)
        attributes = {item["Key"]: item["Value"] for item in answer["Attributes"]}
        return attributes.get("stickiness.enabled") == "true"


def _parsed(description: TargetHealthDescriptionTypeDef) -> Target:
    target, health = description["Target"], description["TargetHealth"]
    return Target(
        id=target["Id"],
        port=target.get("Port", 0),
        state=health["State"],
        reason=health.get("Reason", ""),
        description=health.get("Description", ""),
    )
