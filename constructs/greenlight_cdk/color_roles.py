"""The roles of the colors on an EC2 host: what an application may do, apart from what its host may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct
from traffic_switch.contract import Color

from greenlight_cdk.identifiers import pascal

CART_ACTIONS = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
"""What an application does with single carts. It may neither list all of them nor change the table."""


class ColorRoles(Construct):
    """One role for each color of each service, which the host alone may take, for its container.

    Blue and green of a service may do the same, since either may be live: both work on the same carts. What differs is
    who CloudTrail says it was. Neither has what the host has: images, every log stream, the agent's channels.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, host: iam.Role, services: Iterable[str], carts: dynamodb.ITable
    ) -> None:
        super().__init__(scope, construct_id)
        self.roles = {
            f"{service}-{color}": self._role(f"{pascal(service)}{color.capitalize()}", host)
            for service in services
            for color in Color
        }
        for role in self.roles.values():
            carts.grant(role, *CART_ACTIONS)
        host.add_to_policy(iam.PolicyStatement(actions=["sts:AssumeRole"], resources=list(self.arns.values())))

    @property
    def arns(self) -> Mapping[str, str]:
        """The ARN of each role, by the name of its container."""
        return {name: role.role_arn for name, role in self.roles.items()}

    def _role(self, name: str, host: iam.Role) -> iam.Role:
        return iam.Role(self, name, assumed_by=iam.ArnPrincipal(host.role_arn))
