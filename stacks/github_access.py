"""Roles for the workflows of a GitHub repository: push images, plan, release."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct
from greenlight_cdk.delivery_rights import DELIVERY_RIGHTS
from greenlight_cdk.github_role import GithubRole
from greenlight_cdk.github_subjects import AUDIENCE, ISSUER

from stacks.data import DataStack
from stacks.delivery import acknowledge_wildcards, delivery_grounds
from stacks.settings import Settings


class GithubAccessStack(Stack):
    """What GitHub's jobs may do in one stage, without a stored key. Opt-in, and nobody's dependency."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, data: DataStack) -> None:
        super().__init__(scope, construct_id, description="Greenlight: what workflows of GitHub may do")
        provider = settings.github_provider_arn or self._provider()
        grounds = delivery_grounds(self, settings, data)
        for duty, rights in DELIVERY_RIGHTS.items():
            GithubRole(
                self,
                duty,
                provider_arn=provider,
                subjects=settings.github_workflows.subjects(duty),
                claims=settings.github_workflows.claims(duty),
                allowances=rights(grounds),
                description=f"Greenlight, {settings.names}: {duty.lower()} from {settings.github_repository}",
            )
        CfnOutput(self, "ProviderArn", value=provider)
        acknowledge_wildcards(self, settings)

    def _provider(self) -> str:
        """Make the account's provider for GitHub. AWS knows its certificates, so that no thumbprint is pinned."""
        provider = iam.OidcProviderNative(self, "Provider", url=f"https://{ISSUER}", client_ids=[AUDIENCE])
        return provider.oidc_provider_arn
