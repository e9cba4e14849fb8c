"""A role that may do what is written down for it, and to which the CDK adds nothing."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from greenlight_cdk.people_rights import Allowance, document


class ExactRole(iam.Role):
    """One policy of allowances. Constructs of the CDK get `fixed`, or they would add what they think is needed."""

    def __init__(self, scope: Construct, construct_id: str, *, assumed_by: iam.IPrincipal, description: str) -> None:
        super().__init__(scope, construct_id, assumed_by=assumed_by, description=description)
        self.fixed = self.without_policy_updates()

    def allow(self, allowances: Iterable[Allowance]) -> None:
        """Write the role's one policy; below the role, so that whatever waits for the role waits for it too."""
        iam.Policy(self, "Policy", document=iam.PolicyDocument.from_json(document(allowances)), roles=[self])


def only_for(source: str, *, if_said: bool = False) -> dict[str, dict[str, str]]:
    """Conditions under which a service acts for this one resource of this account, and for nobody else's.

    `if_said`: where AWS does not document that the service says for whom it acts, silence is let pass (IAM guide, "The
    confused deputy problem").
    """
    suffix = "IfExists" if if_said else ""
    return {
        f"StringEquals{suffix}": {"aws:SourceAccount": Aws.ACCOUNT_ID},
        f"ArnEquals{suffix}": {"aws:SourceArn": source},
    }
