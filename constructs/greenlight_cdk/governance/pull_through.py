"""A cache of a public registry's images: base images come from this account's registry."""

from __future__ import annotations

import json

from aws_cdk import aws_ecr as ecr
from constructs import Construct

from greenlight_cdk.governance.upstreams import ADDRESSES, Upstream

DAYS = 30
"""After which a cached image goes: the next pull fetches it again."""
LIFECYCLE = {
    "rulePriority": 1,
    "description": f"Cached for {DAYS} days",
    "selection": {"tagStatus": "any", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": DAYS},
    "action": {"type": "expire"},
}


class PullThroughCache(Construct):
    """The rule, and what the repositories are like that ECR makes for it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, upstream: Upstream, credential_arn: str | None = None
    ) -> None:
        super().__init__(scope, construct_id)
        template = ecr.CfnRepositoryCreationTemplate
        repositories = template(
            self,
            "Repositories",
            prefix=upstream,
            applied_for=["PULL_THROUGH_CACHE"],
            description=f"Greenlight: images of {ADDRESSES[upstream]}",
            encryption_configuration=template.EncryptionConfigurationProperty(encryption_type="AES256"),
            lifecycle_policy=json.dumps({"rules": [LIFECYCLE]}),
        )
        rule = ecr.CfnPullThroughCacheRule(
            self,
            "Rule",
            ecr_repository_prefix=upstream,
            upstream_registry_url=ADDRESSES[upstream],
            credential_arn=credential_arn,
        )
        rule.node.add_dependency(repositories)
