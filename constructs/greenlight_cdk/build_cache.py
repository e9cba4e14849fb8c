"""The repository of what the builds of one service keep for the next one."""

from __future__ import annotations

from typing import cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ecr as ecr
from constructs import Construct

MOST_DAYS = 14
"""After which a cache that did not change is made anew, and with it what its builds fetched."""


class BuildCache(ecr.Repository):
    """Layers of builds, by processor. A tag moves to the newest build's, and nothing that runs is here.

    It is not scanned: what is in an image is looked at in the image. It goes with the setting that asked for it, and
    whatever is in it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(
            scope,
            construct_id,
            repository_name=name,
            image_scan_on_push=False,
            image_tag_mutability=ecr.TagMutability.MUTABLE,
            removal_policy=RemovalPolicy.DESTROY,
            empty_on_delete=True,
        )
        resource = cast("ecr.CfnRepository", self.node.default_child)
        resource.encryption_configuration = ecr.CfnRepository.EncryptionConfigurationProperty(encryption_type="AES256")
        self.add_lifecycle_rule(
            rule_priority=1,
            tag_status=ecr.TagStatus.UNTAGGED,
            max_image_age=Duration.days(1),
            description="What a newer build replaced for 1 day",
        )
        self.add_lifecycle_rule(
            rule_priority=2,
            tag_status=ecr.TagStatus.ANY,
            max_image_age=Duration.days(MOST_DAYS),
            description=f"What builds keep for {MOST_DAYS} days",
        )
