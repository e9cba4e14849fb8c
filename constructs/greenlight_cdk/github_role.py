"""The role of one duty, which jobs of GitHub's take with a token that GitHub signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import CfnOutput, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from greenlight_cdk.delivery_rights import Duty
from greenlight_cdk.github_subjects import AUDIENCE, ISSUER
from greenlight_cdk.people_rights import Allowance, document

RELEASE_HOURS = 2
"""A release deploys first, and then its switch may take an hour; credentials cannot be renewed in between."""


class GithubRole(Construct):
    """A role with a policy of its own, for these subjects word for word.

    A wildcard in a subject is how most such roles are taken by others: there is none here.
    """

    def __init__(
        self,
        scope: Construct,
        duty: Duty,
        *,
        provider_arn: str,
        subjects: Sequence[str],
        claims: Mapping[str, str],
        allowances: Iterable[Allowance],
        description: str,
    ) -> None:
        super().__init__(scope, duty)
        policy = iam.ManagedPolicy(
            self, "Policy", description=description, document=iam.PolicyDocument.from_json(document(allowances))
        )
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.WebIdentityPrincipal(provider_arn, _claims(subjects, claims)),
            managed_policies=[policy],
            description=description,
            max_session_duration=Duration.hours(RELEASE_HOURS) if duty == "Release" else None,
        )
        CfnOutput(scope, f"{duty}RoleArn", value=self.role.role_arn)


def _claims(subjects: Sequence[str], others: Mapping[str, str]) -> dict[str, dict[str, object]]:
    subject = subjects[0] if len(subjects) == 1 else list(subjects)
    claims = {"aud": AUDIENCE, "sub": subject, **others}
    return {"StringEquals": {f"{ISSUER}:{name}": value for name, value in claims.items()}}
