"""What both computes guard alike."""

from __future__ import annotations

from greenlight_cdk.version_guard import GuardedService
from traffic_switch.contract import Color

from stacks.edge import EdgeStack
from stacks.registry import RegistryStack
from stacks.settings import ServiceSettings


def guarded(service: ServiceSettings, registry: RegistryStack, edge: EdgeStack) -> GuardedService:
    """Name what the version guard has to know about one service."""
    return GuardedService(
        name=service.name,
        versions={color: service.version(color) for color in Color},
        repository=registry.repositories[service.name],
        target_groups=edge.target_groups[service.name],
    )
