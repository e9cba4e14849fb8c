"""CloudFormation: the resource types of Greenlight's templates that the local cloud lacks, or reads too little of."""

from __future__ import annotations

from greenlight.rehearsal.cloud.cloudformation.resources import (
    addresses,
    buckets,
    composite_alarms,
    documents,
    flow_logs,
    instances,
    repositories,
    secrets,
    security_groups,
    web_firewall,
)

FAMILIES = (
    addresses,
    buckets,
    composite_alarms,
    documents,
    flow_logs,
    instances,
    repositories,
    secrets,
    security_groups,
    web_firewall,
)


def install() -> None:
    """Add every family of types."""
    for family in FAMILIES:
        family.install()
