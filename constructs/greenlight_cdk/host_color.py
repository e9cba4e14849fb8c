"""The colors on the EC2 host: for each, a custom resource that makes it run its image and registers its target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct
from traffic_switch.contract import HOST_COLOR_RESOURCE_TYPE, JOURNAL_VARIABLE, Color

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.docker_host import DockerHost
from greenlight_cdk.function_resource import FunctionResource, after
from greenlight_cdk.host_scripts import HostService
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.journal_look import let_look
from greenlight_cdk.lambda_function import PythonFunction

SECONDS = 900
"""Lambda's own limit: a first boot, the download of an image and a move to a new host have to fit in."""

TargetGroups = Mapping[Color, elbv2.IApplicationTargetGroup]


class HostColors(Construct):
    """The function that carries versions to the host, and one resource per color which asks it to."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        host: DockerHost,
        services: Sequence[HostService],
        target_groups: Mapping[str, TargetGroups],
        listener: elbv2.IApplicationListener,
        journal: dynamodb.ITable,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._host = host
        self._target_groups = target_groups
        self._listener = listener
        self._function = PythonFunction(
            self,
            "Function",
            handler="host_color.handler.handle",
            timeout=Duration.seconds(SECONDS),
            environment={JOURNAL_VARIABLE: journal.table_name},
            log_retention_days=log_retention_days,
            description="Greenlight: makes one color on the EC2 host run one image, and registers its target",
        )
        self._allow()
        let_look(self._function, journal, [service.name for service in services], ("lock",))
        for service in services:
            self._add(service)

    def _add(self, service: HostService) -> None:
        """Add both colors of a service, green after blue: when the host is replaced, they move one at a time."""
        blue, green = (self._color(service, color) for color in (Color.BLUE, Color.GREEN))
        green.node.add_dependency(blue)

    def _color(self, service: HostService, color: Color) -> FunctionResource:
        resource = FunctionResource(
            self,
            f"{pascal(service.name)}{color.capitalize()}",
            function=self._function,
            timeout=after(SECONDS),
            resource_type=HOST_COLOR_RESOURCE_TYPE,
            properties={
                "Service": service.name,
                "Color": color.value,
                "Image": service.images[color],
                "Document": self._host.run_color.ref,
                "InstanceId": self._host.instance.ref,
                "Port": service.ports[color],
                "TargetGroupArn": self._target_groups[service.name][color].target_group_arn,
                "ListenerArn": self._listener.listener_arn,
            },
        )
        resource.node.add_dependency(self._host.declared_images[service.name, color])
        return resource

    def _allow(self) -> None:
        stack = Stack.of(self)
        groups = [group.target_group_arn for groups in self._target_groups.values() for group in groups.values()]
        self._function.allow(
            ["ssm:SendCommand"],
            [
                stack.format_arn(service="ssm", resource="document", resource_name=self._host.run_color.ref),
                stack.format_arn(service="ec2", resource="instance", resource_name=self._host.instance.ref),
            ],
        )
        self._function.allow(["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"], groups)
        self._function.allow(["cloudformation:DescribeStacks"], [Aws.STACK_ID])
        self._function.allow(
            [
                "ssm:GetCommandInvocation",
                "elasticloadbalancing:DescribeListeners",
                "elasticloadbalancing:DescribeRules",
                "elasticloadbalancing:DescribeTargetHealth",
            ],
            ["*"],
        )
        acknowledge(
            self._function,
            "AwsSolutions-IAM5[Resource::*]",
            "GetCommandInvocation and the Describe calls of ELBv2 know no resources; they only read.",
        )
