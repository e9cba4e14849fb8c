"""One kind of person in IAM: a policy, and a role for those who may take it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aws_cdk import CfnOutput
from aws_cdk import aws_iam as iam
from constructs import Construct

from greenlight_cdk.people_rights import Allowance, Person, document


class PersonAccess(Construct):
    """A managed policy to attach wherever people come from; with principals, a role that has it and nothing else."""

    def __init__(
        self,
        scope: Construct,
        person: Person,
        *,
        allowances: Iterable[Allowance],
        principals: Sequence[str],
        description: str,
    ) -> None:
        super().__init__(scope, person)
        self.policy = iam.ManagedPolicy(
            self,
            "Policy",
            description=description,
            document=iam.PolicyDocument.from_json(document(allowances)),
        )
        CfnOutput(scope, f"{person}PolicyArn", value=self.policy.managed_policy_arn)
        if principals:
            CfnOutput(scope, f"{person}RoleArn", value=self._role(principals, description).role_arn)

    def _role(self, principals: Sequence[str], description: str) -> iam.Role:
        trusted = iam.CompositePrincipal(*map(iam.ArnPrincipal, principals))
        return iam.Role(self, "Role", assumed_by=trusted, managed_policies=[self.policy], description=description)
