"""The image repository of one service, and who may pull from it."""

from __future__ import annotations

from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct
from traffic_switch.contract import RUNNING_PREFIX

from greenlight_cdk.acknowledge import acknowledge

RUNNING_IMAGES = f"{RUNNING_PREFIX}*"
RELEASE_FIRST_CHARACTERS = ("v", *"0123456789")
EVERY_IMAGE = 9999


class ServiceRepository(ecr.Repository):
    """Images of one service: scanned on push, and never changed once pushed, apart from the tags that mark what runs.

    Lifecycle rules are judged by priority, and an image that a rule selects is out of reach of all later ones. So
    running images (`live-*`) come first, then releases: an image that is both `rc-1.4` and `1.4` is a release.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, release_images_kept: int) -> None:
        super().__init__(
            scope,
            construct_id,
            repository_name=name,
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
            image_tag_mutability_exclusion_filters=[ecr.ImageTagMutabilityExclusionFilter.wildcard(RUNNING_IMAGES)],
        )
        self._state_encryption()
        self._keep(1, RUNNING_IMAGES, EVERY_IMAGE, "Running images are never expired")
        self._keep_releases(release_images_kept)
        self._expire(20, "rc-*", 30)
        self._expire(30, "feature-*", 7)
        self.add_lifecycle_rule(
            rule_priority=40,
            tag_status=ecr.TagStatus.UNTAGGED,
            max_image_age=Duration.days(1),
            description="Untagged for 1 day",
        )

    def _state_encryption(self) -> None:
        """Write down what the CDK leaves to ECR's default: a repository can never change its encryption."""
        resource = cast("ecr.CfnRepository", self.node.default_child)
        resource.encryption_configuration = ecr.CfnRepository.EncryptionConfigurationProperty(encryption_type="AES256")

    def _keep_releases(self, count: int) -> None:
        """Keep the most recent releases: tags that start with v or a digit, counted apart for each of these.

        One rule for all (`*`) would count feature and candidate images among the most recent ones and expire a
        release for each. A rule's patterns are joined by AND, so each first character needs a rule of its own.
        """
        for offset, first in enumerate(RELEASE_FIRST_CHARACTERS):
            self._keep(2 + offset, f"{first}*", count, f"The {count} most recent releases {first}*")

    def _keep(self, priority: int, pattern: str, count: int, description: str) -> None:
        self.add_lifecycle_rule(
            rule_priority=priority, tag_pattern_list=[pattern], max_image_count=count, description=description
        )

    def _expire(self, priority: int, pattern: str, days: int) -> None:
        self.add_lifecycle_rule(
            rule_priority=priority,
            tag_pattern_list=[pattern],
            max_image_age=Duration.days(days),
            description=f"{pattern} for {days} days",
        )


def allow_pull(repository: ecr.IRepository, role: iam.Role) -> None:
    """Let a role pull this repository's images, and nothing else of ECR's."""
    repository.grant(role, "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage")
    if role.node.try_find_child("RegistryLogin"):
        return
    login = iam.Policy(role, "RegistryLogin", roles=[role])
    login.add_statements(iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]))
    acknowledge(
        login,
        "AwsSolutions-IAM5[Resource::*]",
        "ecr:GetAuthorizationToken knows no resources; the token opens only what the role's other statements name.",
    )
