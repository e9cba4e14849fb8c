"""The compute on Fargate: one ECS service for each color of every service."""

from __future__ import annotations

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_ecs as ecs
from constructs import Construct
from greenlight_cdk.color_service import ColorService
from greenlight_cdk.color_task import Application
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.log_group import LogGroup
from traffic_switch.contract import Color

from stacks.data import DataStack
from stacks.edge import EdgeStack
from stacks.guarded import version_guard
from stacks.network import NetworkStack
from stacks.registry import Registry
from stacks.settings import ServiceSettings, Settings


class FargateStack(Stack):
    """Color X of service S runs version V, and its targets are registered: here by ECS."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        network: NetworkStack,
        registry: Registry,
        data: DataStack,
        edge: EdgeStack,
    ) -> None:
        super().__init__(scope, construct_id, description="Greenlight: the ECS services of both colors")
        self._settings, self._network, self._registry, self._data, self._edge = settings, network, registry, data, edge
        self._guard = version_guard(self, settings, registry, data, edge)
        self._cluster = ecs.Cluster(
            self, "Cluster", vpc=network.vpc, container_insights_v2=ecs.ContainerInsights.ENABLED
        )
        self._log_group = LogGroup(self, "ContainerLogs", retention_days=settings.log_retention_days)
        for service in settings.services:
            for color in Color:
                self._add(service, color)
        CfnOutput(self, "ClusterName", value=self._cluster.cluster_name)
        CfnOutput(self, "ContainerLogGroup", value=self._log_group.log_group_name)

    def _add(self, service: ServiceSettings, color: Color) -> None:
        name = f"{pascal(service.name)}{color.capitalize()}"
        running = ColorService(
            self,
            name,
            app=self._application(service, color),
            cluster=self._cluster,
            subnets=self._network.service_subnets,
            security_group=self._network.service_security_group,
            target_group=self._edge.target_groups[service.name][color],
            health_grace=_health_grace(self._settings),
        )
        running.service.node.add_dependency(self._guard.guards[service.name])
        CfnOutput(self, f"{name}ServiceName", value=running.service.service_name)

    def _application(self, service: ServiceSettings, color: Color) -> Application:
        repository = self._registry.repository(self, service.name)
        return Application(
            service=service.name,
            color=color,
            version=service.version(color),
            image=repository.repository_uri + self._guard.image(service.name, color),
            platform=self._settings.image_platform,
            port=self._settings.container_port,
            drain_seconds=self._settings.drain_seconds,
            cpu_units=service.cpu_units,
            memory_mib=service.memory_mib,
            repository=repository,
            tables=self._data.tables_of(service),
            secrets=self._data.secrets_of(service),
            flags=self._data.flags_of(service),
            log_group=self._log_group,
        )


def _health_grace(settings: Settings) -> Duration:
    """How long ECS overlooks failed checks of a task that starts: as long as it takes to fail enough of them."""
    return Duration.seconds(settings.health_interval_seconds * settings.unhealthy_count)
