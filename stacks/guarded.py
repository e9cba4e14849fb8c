"""What both computes guard alike."""

from __future__ import annotations

from aws_cdk import Stack
from greenlight_cdk.version_guard import GuardedService
from traffic_switch.contract import Color

from stacks.edge import EdgeStack
from stacks.registry import Registry
from stacks.settings import ServiceSettings, Settings


def guarded(compute: Stack, settings: Settings, registry: Registry, edge: EdgeStack) -> list[GuardedService]:
    """Name what the version guard of a compute stack has to know about each service."""

    def one(service: ServiceSettings) -> GuardedService:
        return GuardedService(
            name=service.name,
            versions={color: service.version(color) for color in Color},
            repository=registry.repository(compute, service.name),
            target_groups=edge.target_groups[service.name],
        )

    return [one(service) for service in settings.services]
