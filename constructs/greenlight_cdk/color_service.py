"""One color of one service on Fargate: an ECS service with a task definition and roles of its own."""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct
from traffic_switch.contract import Color

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.host_role import CART_ACTIONS
from greenlight_cdk.service_repository import allow_pull
from greenlight_cdk.temporary_files import on_fargate

TASKS = 1
STOP_SECONDS = 60
"""From SIGTERM to SIGKILL. ECS has drained the target by then, so an application finishes only what it has begun."""

CONTAINER = "app"


class ColorService(Construct):
    """Color X of service S runs version V, and its targets are registered: ECS itself sees to both.

    A deployment that does not become healthy is taken back by the circuit breaker; the old tasks run until then.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: ecs.ICluster,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        target_group: elbv2.IApplicationTargetGroup,
        service: str,
        color: Color,
        version: str,
        repository: ecr.IRepository,
        carts: dynamodb.ITable,
        log_group: logs.ILogGroup,
        container_port: int,
        drain_seconds: int,
        cpu_units: int,
        memory_mib: int,
        health_grace: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self._carts, self._repository, self._log_group = carts, repository, log_group
        execution_role = self._execution_role()
        task = ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=cpu_units,
            memory_limit_mib=memory_mib,
            task_role=self._task_role(),
            execution_role=execution_role,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.X86_64, operating_system_family=ecs.OperatingSystemFamily.LINUX
            ),
        )
        linux = ecs.LinuxParameters(self, "Linux")
        linux.add_tmpfs(on_fargate())
        task.add_container(
            CONTAINER,
            image=ecs.ContainerImage.from_registry(repository.repository_uri_for_tag(version)),
            environment={
                "ENVIRONMENT": color.value,
                "VERSION": version,
                "PORT": str(container_port),
                "CART_TABLE": carts.table_name,
                "AWS_REGION": Aws.REGION,
                "DRAIN_SECONDS": str(drain_seconds),
            },
            logging=ecs.LogDrivers.aws_logs(log_group=log_group, stream_prefix=f"{service}/{color}/{version}"),
            port_mappings=[ecs.PortMapping(container_port=container_port)],
            readonly_root_filesystem=True,
            linux_parameters=linux,
            stop_timeout=Duration.seconds(STOP_SECONDS),
        )
        acknowledge(
            task,
            "AwsSolutions-ECS2",
            "The variables say which color, version and table the task is; they are public facts, none is a secret.",
        )
        self.service = ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            task_definition=task,
            desired_count=TASKS,
            vpc_subnets=subnets,
            assign_public_ip=subnets.subnet_type is ec2.SubnetType.PUBLIC,
            security_groups=[security_group],
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            min_healthy_percent=100,
            max_healthy_percent=200,
            health_check_grace_period=health_grace,
        )
        self.service.node.add_dependency(execution_role)
        self._register_in(target_group, container_port)

    def _register_in(self, target_group: elbv2.IApplicationTargetGroup, port: int) -> None:
        """Name the target group on the resource itself.

        `attach_to_application_target_group` would also add rules to the security groups, which belong to NetworkStack;
        with the load balancer in a third stack the stacks would depend on each other in a circle.
        """
        resource = self.service.node.default_child
        assert isinstance(resource, ecs.CfnService)
        resource.load_balancers = [
            ecs.CfnService.LoadBalancerProperty(
                container_name=CONTAINER, container_port=port, target_group_arn=target_group.target_group_arn
            )
        ]

    def _task_role(self) -> iam.Role:
        """Make the role that the application itself has."""
        role = iam.Role(self, "TaskRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        self._carts.grant(role, *CART_ACTIONS)
        return role

    def _execution_role(self) -> iam.Role:
        """Make the role with which ECS starts the task: it pulls this service's images and writes this stack's log."""
        role = iam.Role(self, "ExecutionRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        allow_pull(self._repository, role)
        self._log_group.grant_write(role)
        return role
