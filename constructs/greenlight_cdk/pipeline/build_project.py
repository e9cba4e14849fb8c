"""One CodeBuild project: its log, its role, and the role with which the pipeline starts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.log_group import LogGroup
from greenlight_cdk.people_rights import Allowance
from greenlight_cdk.pipeline import rights
from greenlight_cdk.pipeline.exact_role import ExactRole, only_for
from greenlight_cdk.pipeline.specifications import GIT_CREDENTIALS, Build, specification
from greenlight_cdk.platforms import ARM64, Platform

MINUTES: Mapping[Build, int] = {"Check": 60, "Image": 30, "Plan": 30, "Release": 120, "Record": 30}
"""After which CodeBuild ends a build. A release may deploy for a while, and then wait an hour for its switch."""
NO_ARTIFACTS = (
    "Builds leave no artifact that a key could encrypt: images go to ECR, and what is handed on are variables."
)


@dataclass(frozen=True)
class Site:
    """What all builds of a pipeline share: where they clone from, the artifacts, the names' beginning, days of logs,
    and the platform of images.
    """

    origin: rights.Origin
    bucket: s3.IBucket
    name: str
    log_retention_days: int
    platform: Platform


class BuildProject(Construct):
    """Builds from a clone of the repository, with a role that may do what the build is for, and nothing else."""

    def __init__(
        self,
        scope: Construct,
        build: Build,
        *,
        site: Site,
        conductor: iam.IRole,
        allowances: Iterable[Allowance] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, build)
        name = f"{site.name}-{build}"
        logs = LogGroup(self, "Logs", retention_days=site.log_retention_days)
        arn = _arn(self, name)
        builder = iam.ServicePrincipal("codebuild.amazonaws.com", conditions=only_for(arn))
        role = ExactRole(self, "Role", assumed_by=builder, description=f"{name}: what its builds may do")
        common = rights.build(site.origin, site.bucket.bucket_arn, logs.log_group_arn, pushes=build in GIT_CREDENTIALS)
        role.allow((*common, *allowances))
        self.project = codebuild.PipelineProject(
            self,
            "Project",
            project_name=name,
            role=role.fixed,
            build_spec=codebuild.BuildSpec.from_object(specification(build)),
            environment=_environment(build, site.platform, environment or {}),
            logging=codebuild.LoggingOptions(cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=logs)),
            timeout=Duration.minutes(MINUTES[build]),
        )
        acknowledge(self.project, "AwsSolutions-CB4", NO_ARTIFACTS)
        self.starter = ExactRole(
            self, "Starter", assumed_by=conductor, description=f"{name}: with which the pipeline starts it"
        )
        self.starter.allow(rights.start(arn))


def _environment(build: Build, platform: Platform, told: Mapping[str, str]) -> codebuild.BuildEnvironment:
    """The checks use four processors; images are built by Docker, in a privileged container on their own platform."""
    sizes, images = codebuild.ComputeType, build == "Image"
    arm, intel = codebuild.LinuxArmBuildImage, codebuild.LinuxBuildImage
    return codebuild.BuildEnvironment(
        build_image=arm.AMAZON_LINUX_2023_STANDARD_3_0 if images and platform == ARM64 else intel.STANDARD_7_0,
        compute_type=sizes.MEDIUM if build == "Check" else sizes.SMALL,
        privileged=images,
        environment_variables=variables({**told, **({"PLATFORM": platform} if images else {})}),
    )


def variables(told: Mapping[str, str]) -> dict[str, codebuild.BuildEnvironmentVariable]:
    """What a build is told, in the clear: nothing of it is a secret."""
    return {name: codebuild.BuildEnvironmentVariable(value=value) for name, value in told.items()}


def _arn(scope: Construct, name: str) -> str:
    return Stack.of(scope).format_arn(
        service="codebuild", resource="project", resource_name=name, arn_format=ArnFormat.SLASH_RESOURCE_NAME
    )
