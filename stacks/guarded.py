"""What both computes guard alike."""

from __future__ import annotations

from aws_cdk import Stack
from greenlight_cdk.version_guard import GuardedService, VersionGuard
from traffic_switch.contract import Color

from stacks.data import DataStack
from stacks.edge import EdgeStack
from stacks.registry import Registry
from stacks.settings import ServiceSettings, Settings


def version_guard(
    compute: Stack, settings: Settings, registry: Registry, data: DataStack, edge: EdgeStack
) -> VersionGuard:
    """The version guard of a compute stack, for every service."""
    return VersionGuard(
        compute,
        "VersionGuard",
        services=_guarded(compute, settings, registry, edge),
        running_tags={color: settings.names.running_tag(color) for color in Color},
        listener=edge.first_listener,
        journal=data.journal,
        allow_live_change=settings.allow_live_change,
        recorded_images=settings.recorded_images,
        refused_severity="" if settings.scan_gate == "off" else settings.scan_gate.upper(),
        required_profile=_profile(compute, settings.signature_gate),
        log_retention_days=settings.log_retention_days,
    )


def _profile(compute: Stack, name: str | None) -> str:
    """The ARN of a signing profile of this account and region; empty without a name."""
    return compute.format_arn(service="signer", resource="/signing-profiles", resource_name=name) if name else ""


def _guarded(compute: Stack, settings: Settings, registry: Registry, edge: EdgeStack) -> list[GuardedService]:
    def one(service: ServiceSettings) -> GuardedService:
        return GuardedService(
            name=service.name,
            versions={color: service.version(color) for color in Color},
            repository=registry.repository(compute, service.name),
            target_groups=edge.target_groups[service.name],
        )

    return [one(service) for service in settings.services]
