"""The roles of the colors on an EC2 host: what an application may do, apart from what its host may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct
from traffic_switch.contract import Color

from greenlight_cdk.identifiers import pascal
from greenlight_cdk.service_flags import ServiceFlags
from greenlight_cdk.service_tables import ServiceTable, grant_items


class ColorRoles(Construct):
    """One role for each color of each service, which the host alone may take, for its container.

    Blue and green of a service may do the same, since either may be live: both work on the same items. What differs is
    who CloudTrail says it was. Neither has what the host has: images, every log stream, the agent's channels. No
    service reaches a table that it does not name, or the feature flags of another.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        host: iam.Role,
        tables: Mapping[str, Sequence[ServiceTable]],
        flags: Mapping[str, ServiceFlags | None],
    ) -> None:
        super().__init__(scope, construct_id)
        self.roles = {
            f"{service}-{color}": self._role(f"{pascal(service)}{color.capitalize()}", host, own, flags.get(service))
            for service, own in tables.items()
            for color in Color
        }
        host.add_to_policy(iam.PolicyStatement(actions=["sts:AssumeRole"], resources=list(self.arns.values())))

    @property
    def arns(self) -> Mapping[str, str]:
        """The ARN of each role, by the name of its container."""
        return {name: role.role_arn for name, role in self.roles.items()}

    def _role(self, name: str, host: iam.Role, tables: Sequence[ServiceTable], flags: ServiceFlags | None) -> iam.Role:
        role = iam.Role(self, name, assumed_by=iam.ArnPrincipal(host.role_arn))
        grant_items(tables, role)
        if flags:
            flags.grant_read(role)
        return role
