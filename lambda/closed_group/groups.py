"""The rules of a security group, as EC2 has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from botocore.exceptions import ClientError

Rule = Any
"""What EC2 calls IpPermission."""

GONE = "InvalidPermission.NotFound"


class Groups(Protocol):
    """What is asked of security groups, by their ids."""

    def rules(self, group_id: str) -> tuple[Sequence[Rule], Sequence[Rule]]:
        """What lets in, and what lets out."""
        ...

    def revoke(self, group_id: str, ingress: Sequence[Rule], egress: Sequence[Rule]) -> None:
        """Take these rules away. Some may be gone by now."""
        ...


class Ec2Groups:
    """EC2's own."""

    def __init__(self, ec2: Any) -> None:
        self._ec2 = ec2

    def rules(self, group_id: str) -> tuple[Sequence[Rule], Sequence[Rule]]:
        """Read them. A rule is whole here, so that it can be taken away as it was read."""
        (found,) = self._ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
        return found["IpPermissions"], found["IpPermissionsEgress"]

    def revoke(self, group_id: str, ingress: Sequence[Rule], egress: Sequence[Rule]) -> None:
        """Take them away. A look may lag behind, and a rule that is gone is an error where the VPC is not the default
        one (EC2 API, RevokeSecurityGroupIngress): here it is what was wanted.
        """
        for revoke, rules in (
            (self._ec2.revoke_security_group_ingress, ingress),
            (self._ec2.revoke_security_group_egress, egress),
        ):
            try:
                if rules:
                    revoke(GroupId=group_id, IpPermissions=rules)
            except ClientError as error:
                if error.response["Error"]["Code"] != GONE:
                    raise
