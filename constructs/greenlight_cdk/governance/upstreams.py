"""The public registries whose images can be cached, by the prefix of the cache's repositories. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Upstream = Literal["docker-hub", "ecr-public", "k8s", "quay"]
UPSTREAMS: tuple[Upstream, ...] = get_args(Upstream)

ADDRESSES: Mapping[Upstream, str] = {
    "docker-hub": "registry-1.docker.io",
    "ecr-public": "public.ecr.aws",
    "k8s": "registry.k8s.io",
    "quay": "quay.io",
}
"""ECR API reference, CreatePullThroughCacheRule. Docker Hub alone asks who is there."""
