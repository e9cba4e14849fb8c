"""The pipeline: its stages in their order, and the role of each action."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_iam as iam
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.people_rights import Allowance
from greenlight_cdk.pipeline import rights
from greenlight_cdk.pipeline.approval import Approval, approve_action, namespace, planned
from greenlight_cdk.pipeline.artifact_bucket import ArtifactBucket, resolved_id
from greenlight_cdk.pipeline.build_project import BuildProject, Site, variables
from greenlight_cdk.pipeline.exact_role import ExactRole, only_for
from greenlight_cdk.pipeline.notices import Notices
from greenlight_cdk.pipeline.source import Repository, source_action, trigger
from greenlight_cdk.pipeline.specifications import BUILDS, Build
from greenlight_cdk.platforms import Platform

Rights = Mapping[Build, Sequence[Allowance]]


@dataclass(frozen=True)
class Delivered:
    """A service, and where its images are pushed: the address of its repository."""

    name: str
    images: str


class DeliveryPipeline(Construct):
    """Source, Check, Images, Release: one run after the other in each stage, none dropped for a newer one.

    What is planned, asked, released and recorded is one stage. CodePipeline locks a stage, not the pipeline, so that a
    plan in a stage of its own would be made while the run before it waits for its approval, and be refused after it.

    It does not change itself: whoever may change what these roles do is an administrator. A new definition starts no
    run, and nothing that fails is tried again or rolled back by CodePipeline: a release that failed has taken itself
    back, and a second one would show users the bad version once more.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        services: Sequence[Delivered],
        repository: Repository,
        allowances: Rights,
        environment: Mapping[Build, Mapping[str, str]],
        approval: Approval | None,
        notices: Notices,
        platform: Platform,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._services, self._repository, self._approval, self._notices = services, repository, approval, notices
        self._name, self._source = name, codepipeline.Artifact("Source")
        self._bucket = ArtifactBucket(self, "Artifacts")
        self._acknowledge_objects()
        arn = Stack.of(self).format_arn(service="codepipeline", resource=name)
        conductor = iam.ServicePrincipal("codepipeline.amazonaws.com", conditions=only_for(arn, if_said=True))
        self._role = ExactRole(self, "Role", assumed_by=conductor, description=f"{name}: conducts its actions")
        site = Site(repository.origin, self._bucket, name, log_retention_days, platform)
        self._builds = {
            build: BuildProject(
                self,
                build,
                site=site,
                conductor=self._role,
                allowances=allowances.get(build, ()),
                environment=environment.get(build, {}),
            )
            for build in BUILDS
        }
        self._source_role = self._action_role("Source", rights.source(repository.origin, self._bucket.bucket_arn))
        self._approve_role = self._action_role("Approve", rights.ask(notices.topic.topic_arn)) if approval else None
        self._pipeline()

    def _pipeline(self) -> codepipeline.Pipeline:
        source = source_action(self._repository, self._source, self._source_role.fixed)
        action_roles = [self._source_role, *(each.starter for each in self._builds.values())]
        if self._approve_role:
            action_roles.append(self._approve_role)
        self._role.allow(rights.conduct(tuple(each.role_arn for each in action_roles), self._bucket.bucket_arn))
        return codepipeline.Pipeline(
            self,
            "Pipeline",
            pipeline_name=self._name,
            pipeline_type=codepipeline.PipelineType.V2,
            execution_mode=codepipeline.ExecutionMode.QUEUED,
            restart_execution_on_update=False,
            cross_account_keys=False,
            artifact_bucket=self._bucket,
            role=self._role.fixed,
            triggers=[trigger(self._repository, source)],
            stages=[codepipeline.StageProps(stage_name=name, actions=found) for name, found in self._stages(source)],
        )

    def _stages(self, source: codepipeline.IAction) -> list[tuple[str, list[codepipeline.IAction]]]:
        return [
            ("Source", [source]),
            ("Check", [self._action("Check", "Check")]),
            ("Images", [self._image(each) for each in self._services]),
            ("Release", list(self._release_stage())),
        ]

    def _release_stage(self) -> Iterator[codepipeline.IAction]:
        """Plan all services side by side, ask once, release one after the other, record."""
        yield from (self._plan(each) for each in self._services)
        place = itertools.count(2)
        if self._approval and self._approve_role:
            yield self._question(self._approval, self._approve_role, next(place))
        yield from (self._release(each, next(place)) for each in self._services)
        yield self._action("Record", "Record", run_order=next(place), variables_namespace="Record")

    def _image(self, service: Delivered) -> codepipeline.IAction:
        told = {"SERVICE": service.name, "IMAGES": service.images}
        return self._action("Image", service.name, told, variables_namespace=f"Image{pascal(service.name)}")

    def _plan(self, service: Delivered) -> codepipeline.IAction:
        told = {"SERVICE": service.name}
        return self._action("Plan", f"Plan-{service.name}", told, variables_namespace=namespace(service.name))

    def _question(self, approval: Approval, role: ExactRole, place: int) -> codepipeline.IAction:
        names = [each.name for each in self._services]
        link, topic = self._repository.commit_link, self._notices.topic
        return approve_action(approval, services=names, link=link, topic=topic, role=role.fixed, run_order=place)

    def _release(self, service: Delivered, place: int) -> codepipeline.IAction:
        """One service after the other: each deploys the stacks that all share."""
        handed_on = ("VERSION", "DIGEST", "LIVE")
        told = {"SERVICE": service.name, **{each: planned(service.name, each) for each in handed_on}}
        return self._action("Release", f"Release-{service.name}", told, run_order=place)

    def _action(
        self,
        build: Build,
        name: str,
        told: Mapping[str, str] | None = None,
        *,
        run_order: int = 1,
        variables_namespace: str | None = None,
    ) -> codepipeline.IAction:
        project = self._builds[build]
        return actions.CodeBuildAction(
            action_name=name,
            project=project.project,
            input=self._source,
            environment_variables=variables(told or {}),
            role=project.starter.fixed,
            run_order=run_order,
            variables_namespace=variables_namespace,
        )

    def _action_role(self, name: str, allowances: Sequence[Allowance]) -> ExactRole:
        role = ExactRole(self, f"{name}Role", assumed_by=self._role, description=f"{self._name}: {name}")
        role.allow(allowances)
        return role

    def _acknowledge_objects(self) -> None:
        objects = f"<{resolved_id(self._bucket)}.Arn>/*"
        acknowledge(
            self,
            f"AwsSolutions-IAM5[Resource::{objects}]",
            "CodePipeline names the objects of each run itself; the wildcard ends at this pipeline's own bucket.",
        )
