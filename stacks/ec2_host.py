"""The compute on EC2: one host that runs both colors of every service."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_ecr as ecr
from constructs import Construct
from greenlight_cdk.docker_host import DockerHost
from greenlight_cdk.host_color import HostColors
from greenlight_cdk.host_scripts import HostService
from greenlight_cdk.service_flags import ServiceFlags
from greenlight_cdk.service_tables import variables_of
from greenlight_cdk.version_guard import VersionGuard
from traffic_switch.contract import Color

from stacks.data import DataStack
from stacks.edge import EdgeStack
from stacks.guarded import version_guard
from stacks.network import NetworkStack
from stacks.options.compute import NEVER
from stacks.registry import Registry
from stacks.settings import ServiceSettings, Settings


class Ec2HostStack(Stack):
    """Color X of service S runs version V, and its target is registered: here as a container on a host."""

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
        super().__init__(scope, construct_id, description="Greenlight: the EC2 host of both colors")
        repositories = {service.name: registry.repository(self, service.name) for service in settings.services}
        guard = version_guard(self, settings, registry, data, edge)
        tables = {service.name: data.tables_of(service) for service in settings.services}
        flags = {service.name: data.flags_of(service) for service in settings.services}
        services = [
            _host_service(
                service,
                repositories[service.name],
                guard,
                {**variables_of(tables[service.name]), **_told(flags[service.name])},
            )
            for service in settings.services
        ]
        host = DockerHost(
            self,
            "Host",
            names=settings.names,
            image_repositories=settings.registry_names.repositories,
            vpc=network.vpc,
            subnets=network.service_subnets,
            security_group=network.service_security_group,
            image_platform=settings.image_platform,
            instance_type=settings.instance_type,
            ami_id=settings.ami_id,
            renewed_at=settings.host_renewed_at or NEVER,
            services=services,
            tables=tables,
            secrets={service.name: data.secrets_of(service) for service in settings.services},
            flags=flags,
            repositories=list(repositories.values()),
            container_port=settings.container_port,
            drain_seconds=settings.drain_seconds,
            log_retention_days=settings.log_retention_days,
        )
        for (service, _), declared in host.declared_images.items():
            declared.node.add_dependency(guard.guards[service])
        HostColors(
            self,
            "Colors",
            host=host,
            services=services,
            target_groups=edge.target_groups,
            listener=edge.first_listener,
            journal=data.journal,
            log_retention_days=settings.log_retention_days,
        )
        CfnOutput(self, "InstanceId", value=host.instance.ref)
        CfnOutput(self, "HostRenewedAt", value=settings.host_renewed_at or NEVER)
        CfnOutput(self, "ContainerLogGroup", value=host.log_group.log_group_name)


def _told(flags: ServiceFlags | None) -> Mapping[str, str]:
    return flags.variables if flags else {}


def _host_service(
    service: ServiceSettings, repository: ecr.IRepository, guard: VersionGuard, variables: Mapping[str, str]
) -> HostService:
    return HostService(
        name=service.name,
        ports={color: service.port(color) for color in Color},
        images={color: repository.repository_uri + guard.named_image(service.name, color) for color in Color},
        cpu_units=service.cpu_units,
        memory_mib=service.memory_mib,
        user=service.user,
        variables=variables,
    )
