"""Tags of rules: ministack drops those of templates, and IAM does not find those of load balancing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import alb, tagging

from greenlight.rehearsal.cloud.requirement import require, require_missing


def install() -> None:
    """Let policies ask for tags (`aws:ResourceTag`)."""
    require(alb, "_tags")
    collectors = require(tagging, "_RESOURCE_TAG_COLLECTORS", "resource_tags")
    require_missing(collectors, "elasticloadbalancing")
    collectors["elasticloadbalancing"] = lambda: list(alb._tags.items())


def keep(arn: str, properties: Mapping[str, Any]) -> None:
    """Keep the tags that a template gives a resource, and no others."""
    alb._tags[arn] = list(properties.get("Tags") or [])
