"""Every setting of the registry, so that GreenlightGovernance holds all that it can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ecr-pullthroughcache/hub-a1b2c3"
GOVERNANCE: Mapping[str, Any] = {
    "registry_scanning": "enhanced",
    "signing_profile": "greenlight_images",
    "replication_regions": "eu-central-1,us-east-2",
    "pull_through_cache": "docker-hub,ecr-public",
    "docker_hub_secret_arn": SECRET,
}
