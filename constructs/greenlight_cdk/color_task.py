"""What the tasks of one color on Fargate are made of: one container, two roles, a log, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Aws, Duration
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct
from traffic_switch.contract import Color

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.platforms import ARM64, Platform
from greenlight_cdk.service_flags import ServiceFlags
from greenlight_cdk.service_repository import allow_pull
from greenlight_cdk.service_tables import ServiceTable, grant_items, variables_of
from greenlight_cdk.temporary_files import on_fargate

STOP_SECONDS = 60
"""From SIGTERM to SIGKILL. ECS has drained the target by then, so an application finishes only what it has begun."""

CONTAINER = "app"


@dataclass(frozen=True, slots=True)
class Application:
    """What a color runs, with what, and how large. `drain_seconds` is how long it finishes requests once told to stop.

    `cpu_units` are 1,024 to a processor. `image` is the whole reference that a task names its image by; `version` is
    what people call that.
    """

    service: str
    color: Color
    version: str
    image: str
    platform: Platform
    port: int
    drain_seconds: int
    cpu_units: int
    memory_mib: int
    repository: ecr.IRepository
    tables: Sequence[ServiceTable]
    secrets: Mapping[str, secretsmanager.ISecret]
    flags: ServiceFlags | None
    log_group: logs.ILogGroup


def task_definition(scope: Construct, app: Application) -> ecs.FargateTaskDefinition:
    """Make the task definition with its roles, as children of `scope`."""
    task = ecs.FargateTaskDefinition(
        scope,
        "Task",
        cpu=app.cpu_units,
        memory_limit_mib=app.memory_mib,
        task_role=_task_role(scope, app),
        execution_role=_execution_role(scope, app),
        runtime_platform=ecs.RuntimePlatform(
            cpu_architecture=_processor(app.platform), operating_system_family=ecs.OperatingSystemFamily.LINUX
        ),
    )
    _add_container(scope, task, app)
    acknowledge(
        task,
        "AwsSolutions-ECS2",
        "The variables say which color, version and tables the task has; they are public facts. A secret is named"
        " there by its ARN alone.",
    )
    return task


def _processor(platform: Platform) -> ecs.CpuArchitecture:
    return ecs.CpuArchitecture.ARM64 if platform == ARM64 else ecs.CpuArchitecture.X86_64


def _add_container(scope: Construct, task: ecs.FargateTaskDefinition, app: Application) -> None:
    """Confine the container as the host confines its own (`host/run-color.sh`).

    Fargate takes neither `dockerSecurityOptions`, of which `no-new-privileges` is one, nor a limit of processes (ECS
    API reference, ContainerDefinition); without capabilities a set-user-id program gains none either.
    """
    linux = ecs.LinuxParameters(scope, "Linux")
    linux.drop_capabilities(ecs.Capability.ALL)
    linux.add_tmpfs(on_fargate())
    stream = f"{app.service}/{app.color}/{app.version}"
    task.add_container(
        CONTAINER,
        image=ecs.ContainerImage.from_registry(app.image),
        environment=_environment(app),
        secrets={name: ecs.Secret.from_secrets_manager(secret) for name, secret in app.secrets.items()},
        logging=ecs.LogDrivers.aws_logs(log_group=app.log_group, stream_prefix=stream),
        port_mappings=[ecs.PortMapping(container_port=app.port)],
        readonly_root_filesystem=True,
        linux_parameters=linux,
        stop_timeout=Duration.seconds(STOP_SECONDS),
    )


def _environment(app: Application) -> dict[str, str]:
    return {
        "ENVIRONMENT": app.color.value,
        "VERSION": app.version,
        "PORT": str(app.port),
        **variables_of(app.tables),
        **(app.flags.variables if app.flags else {}),
        "AWS_REGION": Aws.REGION,
        "DRAIN_SECONDS": str(app.drain_seconds),
    }


def _task_role(scope: Construct, app: Application) -> iam.Role:
    """Make the role that the application itself has."""
    role = iam.Role(scope, "TaskRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    grant_items(app.tables, role)
    if app.flags:
        app.flags.grant_read(role)
    return role


def _execution_role(scope: Construct, app: Application) -> iam.Role:
    """Make the role with which ECS starts the task: it pulls this service's images and writes this stack's log.

    The CDK adds that it reads this service's secrets, which ECS hands to the container.
    """
    role = iam.Role(scope, "ExecutionRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    allow_pull(app.repository, role)
    app.log_group.grant_write(role)
    return role
