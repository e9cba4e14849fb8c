"""CloudFormation: the resource types of Greenlight's templates that the local cloud lacks, or reads too little of."""

from __future__ import annotations

from greenlight.rehearsal.cloud.cloudformation.resources import (
    addresses,
    backup_selections,
    balancer_names,
    bounded_roles,
    buckets,
    composite_alarms,
    documents,
    flow_logs,
    identity_providers,
    instances,
    registry_settings,
    repositories,
    secrets,
    security_groups,
    task_definitions,
    web_firewall,
)

FAMILIES = (
    addresses,
    backup_selections,
    balancer_names,
    bounded_roles,
    buckets,
    composite_alarms,
    documents,
    flow_logs,
    identity_providers,
    instances,
    registry_settings,
    repositories,
    secrets,
    security_groups,
    task_definitions,
    web_firewall,
)


def install() -> None:
    """Add every family of types."""
    for family in FAMILIES:
        family.install()
