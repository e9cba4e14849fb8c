"""The guard that stands before every color's own resources, and says which image each of them runs.

No live color is changed, none while a switch runs, and no image is run that is missing or another one than before.
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
from traffic_switch.contract import (
    CONFIG_VARIABLE,
    GUARD_RESOURCE_TYPE,
    JOURNAL_VARIABLE,
    Color,
    image_attribute,
    named_image_attribute,
)
from version_guard.model import RECORDED_IMAGES, REFUSED_SEVERITY, REQUIRED_PROFILE, written

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.function_resource import FunctionResource, after
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.journal_look import let_look, let_remember_images
from greenlight_cdk.lambda_function import PythonFunction

SECONDS = 240
"""What the function may take: two dozen calls with their retries, 30 s until a new role counts, 45 s for the answer."""


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
    listener knows which color is live, and only the journal knows whether that is changing. Its answer holds the
    digests, so that what was looked at is what runs, whatever becomes of the tags.
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
        recorded_images: bool,
        refused_severity: str = "",
        required_profile: str = "",
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        tags = {color.value: running_tags[color] for color in Color}
        edge = {"listener_arn": listener.listener_arn, "running_tags": tags}
        gates = {REFUSED_SEVERITY: refused_severity, REQUIRED_PROFILE: required_profile}
        edge |= {name: value for name, value in gates.items() if value}
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
            description="Greenlight: refuses to change live colors, or any during a switch; names images",
        )
        self._allow([service.repository for service in services])
        if refused_severity:
            self._let_read_scans([service.repository for service in services])
        if required_profile:
            signed = [service.repository.repository_arn for service in services]
            self._function.allow(["ecr:DescribeImageSigningStatus"], signed)
        let_look(self._function, journal, [service.name for service in services], ("lock", "live"))
        let_remember_images(self._function, journal, [service.name for service in services])
        self._allowed = {"AllowLiveChange": allow_live_change, RECORDED_IMAGES: recorded_images}
        self.guards = {service.name: self._guard(service) for service in services}

    def image(self, service: str, color: Color) -> str:
        """What a color runs, as ECS takes it: what follows the repository's URI."""
        return self.guards[service].get_att_string(image_attribute(color))

    def named_image(self, service: str, color: Color) -> str:
        """The same for the host, with the version."""
        return self.guards[service].get_att_string(named_image_attribute(color))

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

    def _let_read_scans(self, repositories: Sequence[ecr.IRepository]) -> None:
        """Amazon Inspector asks for a permission of its own (ECR user guide, IAM for enhanced scanning)."""
        arns = [repository.repository_arn for repository in repositories]
        self._function.allow(["ecr:DescribeImageScanFindings"], arns)
        self._function.allow(["inspector2:ListFindings", "inspector2:ListCoverage"], ["*"])

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
                **{name: str(allowed).lower() for name, allowed in self._allowed.items()},
            },
        )


def _config(service: GuardedService) -> dict[str, Any]:
    """What `version_guard.model.GuardedService` reads, besides what all services share."""
    return {
        "repository": service.repository.repository_name,
        "target_groups": {color.value: service.target_groups[color].target_group_full_name for color in Color},
    }
