"""The colors' target groups: who is in them, who gets in and who gets out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_switch.model import Target
from traffic_switch.ports.target_groups import TargetGroups

from host_color.model import Place

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import TargetDescriptionTypeDef


class Targets:
    """Registers and deregisters places. Doing either twice is the same as doing it once."""

    def __init__(self, client: ElasticLoadBalancingv2Client) -> None:
        self._client = client
        self._groups = TargetGroups(client)

    def register(self, place: Place) -> None:
        """Put the place into its target group."""
        self._client.register_targets(TargetGroupArn=place.target_group_arn, Targets=[_target(place)])

    def deregister(self, place: Place) -> None:
        """Take the place out; that it is not in, or that there is no such group any more, is a success."""
        absent = (self._client.exceptions.InvalidTargetException, self._client.exceptions.TargetGroupNotFoundException)
        try:
            self._client.deregister_targets(TargetGroupArn=place.target_group_arn, Targets=[_target(place)])
        except absent:
            return

    def health(self, target_group_arn: str) -> tuple[Target, ...]:
        """Every target of the group with its health, draining ones included; none when the group is gone."""
        try:
            return self._groups.targets(target_group_arn)
        except self._client.exceptions.TargetGroupNotFoundException:
            return ()


def _target(place: Place) -> TargetDescriptionTypeDef:
    return {"Id": place.instance_id, "Port": place.port}
