"""The guard that stands before every color's own resources.

No live color is changed, none while a switch runs, and no missing image is run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct
from traffic_switch.contract import CONFIG_VARIABLE, GUARD_RESOURCE_TYPE, JOURNAL_VARIABLE, Color
from version_guard.model import written

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.function_resource import FunctionResource, after
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.journal_look import let_look
from greenlight_cdk.lambda_function import PythonFunction

SECONDS = 240
"""What the function may take: a dozen calls with their retries, 30 s until a new role counts, 45 s for the answer."""


@dataclass(frozen=True, slots=True)
class GuardedService:
    """One service: what it declares, and where its images and its target groups are."""

    name: str
    versions: Mapping[Color, str]
    repository: ecr.IRepository
    target_groups: Mapping[Color, elbv2.ApplicationTargetGroup]


class VersionGuard(Construct):
    """One function, and one custom resource for each service, on which that service's colors have to depend.

    It refuses a deployment before any container or task is touched. A condition in the template could not: only the
    listener knows which color is live, and only the journal knows whether that is changing.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        services: Sequence[GuardedService],
        running_tags: Mapping[Color, str],
        listener: elbv2.IApplicationListener,
        journal: dynamodb.ITable,
        allow_live_change: bool,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        tags = {color.value: running_tags[color] for color in Color}
        edge = {"listener_arn": listener.listener_arn, "running_tags": tags}
        config = written(edge, {service.name: _config(service) for service in services})
        self._function = PythonFunction(
            self,
            "Function",
            handler="version_guard.handler.handle",
            timeout=Duration.seconds(SECONDS),
            environment={
                CONFIG_VARIABLE: Stack.of(self).to_json_string(config),
                JOURNAL_VARIABLE: journal.table_name,
            },
            log_retention_days=log_retention_days,
            description="Greenlight: refuses to change a live color, or any while a switch runs, or to run no image",
        )
        self._allow([service.repository for service in services])
        let_look(self._function, journal, [service.name for service in services], ("lock", "live"))
        self._allow_live_change = allow_live_change
        self.guards = {service.name: self._guard(service) for service in services}

    def _allow(self, repositories: Sequence[ecr.IRepository]) -> None:
        self._function.allow(
            ["ecr:DescribeImages", "ecr:BatchGetImage", "ecr:PutImage"],
            [repository.repository_arn for repository in repositories],
        )
        self._function.allow(["cloudformation:DescribeStacks"], [Aws.STACK_ID])
        self._function.allow(["elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules"], ["*"])
        acknowledge(
            self._function,
            "AwsSolutions-IAM5[Resource::*]",
            "The Describe calls of ELBv2 know no resources (service authorization reference); they only read.",
        )

    def _guard(self, service: GuardedService) -> FunctionResource:
        return FunctionResource(
            self,
            pascal(service.name),
            function=self._function,
            timeout=after(SECONDS),
            resource_type=GUARD_RESOURCE_TYPE,
            properties={
                "Service": service.name,
                "BlueVersion": service.versions[Color.BLUE],
                "GreenVersion": service.versions[Color.GREEN],
                "AllowLiveChange": str(self._allow_live_change).lower(),
            },
        )


def _config(service: GuardedService) -> dict[str, Any]:
    """What `version_guard.model.GuardedService` reads, besides what all services share."""
    return {
        "repository": service.repository.repository_name,
        "target_groups": {color.value: service.target_groups[color].target_group_full_name for color in Color},
    }
