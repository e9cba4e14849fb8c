"""The image repository of one service, and who may pull from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.image_lifecycle import RUNNING_IMAGES, KeepRule, Lifecycle, rules

PULL = ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage")


class ServiceRepository(ecr.Repository):
    """Images of one service: scanned on push, and never changed once pushed, apart from the tags that mark what runs.

    How long they are kept is in `image_lifecycle`. `pull_accounts` are other accounts whose roles may pull them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        release_images_kept: int,
        lifecycle: Lifecycle = "recent",
        pull_accounts: Sequence[str] = (),
        has_parts: bool = False,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            repository_name=name,
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
            image_tag_mutability_exclusion_filters=[ecr.ImageTagMutabilityExclusionFilter.wildcard(RUNNING_IMAGES)],
        )
        self._state_encryption()
        for rule in rules(lifecycle, release_images_kept, has_parts=has_parts):
            self._keep(rule)
        if pull_accounts:
            self._let_pull(pull_accounts)

    def _state_encryption(self) -> None:
        """Write down what the CDK leaves to ECR's default: a repository can never change its encryption."""
        resource = cast("ecr.CfnRepository", self.node.default_child)
        resource.encryption_configuration = ecr.CfnRepository.EncryptionConfigurationProperty(encryption_type="AES256")

    def _keep(self, rule: KeepRule) -> None:
        self.add_lifecycle_rule(
            rule_priority=rule.priority,
            tag_pattern_list=[rule.pattern] if rule.pattern else None,
            tag_status=None if rule.pattern else ecr.TagStatus.UNTAGGED,
            max_image_count=rule.count,
            max_image_age=Duration.days(rule.days) if rule.days else None,
            description=rule.description,
        )

    def _let_pull(self, accounts: Sequence[str]) -> None:
        """Let other accounts pull; which of their roles may is theirs to say (ECR user guide, repository policies)."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="PullFromOtherAccounts",
                principals=[iam.AccountPrincipal(account) for account in accounts],
                actions=list(PULL),
            )
        )


def allow_pull(repository: ecr.IRepository, role: iam.Role) -> None:
    """Let a role pull this repository's images, and nothing else of ECR's."""
    repository.grant(role, *PULL)
    if role.node.try_find_child("RegistryLogin"):
        return
    login = iam.Policy(role, "RegistryLogin", roles=[role])
    login.add_statements(iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]))
    acknowledge(
        login,
        "AwsSolutions-IAM5[Resource::*]",
        "ecr:GetAuthorizationToken knows no resources; the token opens only what the role's other statements name.",
    )
