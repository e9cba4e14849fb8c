"""One color of one service on Fargate: an ECS service with a task definition and roles of its own."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from greenlight_cdk.color_task import CONTAINER, Application, task_definition

TASKS = 1


class ColorService(Construct):
    """Color X of service S runs version V, and its targets are registered: ECS itself sees to both.

    A deployment that does not become healthy is taken back by the circuit breaker; the old tasks run until then.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        app: Application,
        cluster: ecs.ICluster,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        target_group: elbv2.IApplicationTargetGroup,
        health_grace: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        task = task_definition(self, app)
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
        assert task.execution_role is not None
        self.service.node.add_dependency(task.execution_role)
        self._register_in(target_group, app.port)

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
