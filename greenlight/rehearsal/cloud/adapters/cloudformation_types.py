"""CloudFormation: the resource types of Greenlight's templates that the local cloud lacks, or reads too little of."""

from __future__ import annotations

from greenlight.rehearsal.cloud.adapters import ecr
from greenlight.rehearsal.cloud.adapters.cloudformation import (
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
from greenlight.rehearsal.cloud.context import CloudContext

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


def install(context: CloudContext) -> None:
    """Add every family of types; ECR comes along, since repositories keep what only it reads."""
    ecr.install(context)
    for family in FAMILIES:
        family.install()
