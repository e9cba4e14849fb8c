"""Managed signing: ECR has AWS Signer sign what is pushed, with the rights of whoever pushes."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_signer as signer
from constructs import Construct

PLATFORM = "Notation-OCI-SHA384-ECDSA"
"""The one for images of containers (Signer developer guide, "Supported platforms")."""


class ManagedSigning(Construct):
    """A signing profile, and the rule that images of these repositories are signed with it.

    Its name is chosen, so that roles which push can be given the right to sign without a reference to this stack. The
    CDK's own construct for profiles passes a name on under a feature flag alone.
    CloudFormation cancels a profile that it deletes: old signatures stay valid, and the name is taken for two years
    (Signer API reference, CancelSigningProfile).
    """

    def __init__(self, scope: Construct, construct_id: str, *, profile_name: str, filters: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        self.profile = signer.CfnSigningProfile(self, "Profile", platform_id=PLATFORM, profile_name=profile_name)
        configuration = ecr.CfnSigningConfiguration
        named = [configuration.RepositoryFilterProperty(filter=each, filter_type="WILDCARD_MATCH") for each in filters]
        rule = configuration.RuleProperty(signing_profile_arn=self.profile.attr_arn, repository_filters=named)
        configuration(self, "Configuration", rules=[rule])
