"""The pipeline that delivers from a repository."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Aws, CfnOutput, CliCredentialsStackSynthesizer, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct
from greenlight_cdk.delivery_rights import plan, push, record, release
from greenlight_cdk.pipeline.approval import Approval
from greenlight_cdk.pipeline.delivery_pipeline import Delivered, DeliveryPipeline, Rights
from greenlight_cdk.pipeline.notices import Notices
from greenlight_cdk.pipeline.source import Repository
from greenlight_cdk.pipeline.specifications import Build
from traffic_switch.contract import STAGE_VARIABLE

from stacks.data import DataStack
from stacks.delivery import acknowledge_wildcards, delivery_grounds
from stacks.settings import Settings


class PipelineStack(Stack):
    """Opt-in, and nobody's dependency: it comes and goes without touching traffic.

    It is deployed with the credentials of whoever types the command, and not through the bootstrap's roles: who may
    change what the pipeline's roles do is an administrator, and the pipeline itself is none.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, data: DataStack) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Greenlight: delivery from a repository",
            synthesizer=CliCredentialsStackSynthesizer(),
        )
        iam.PermissionsBoundary.of(self).clear()
        self._settings = settings
        connection, repository, branch = (
            str(each)
            for each in (settings.pipeline_connection_arn, settings.pipeline_repository, settings.pipeline_branch)
        )
        name = settings.names.pipeline
        notices = Notices(
            self, "Notices", pipeline_name=name, title=settings.names.pipeline_title, email=settings.notify_email
        )
        DeliveryPipeline(
            self,
            "Delivery",
            name=name,
            services=[Delivered(each.name, self._images(each.name)) for each in settings.services],
            repository=Repository(connection, repository, branch),
            allowances=self._rights(data),
            environment=self._environment(),
            approval=Approval(settings.pipeline_approval_hours) if settings.pipeline_approval else None,
            notices=notices,
            platform=settings.image_platform,
            log_retention_days=settings.log_retention_days,
        )
        acknowledge_wildcards(self, settings)
        CfnOutput(self, "PipelineName", value=name)
        CfnOutput(self, "TopicArn", value=notices.topic.topic_arn)

    def _images(self, service: str) -> str:
        repository = self._settings.registry_names.repository(service)
        return f"{Aws.ACCOUNT_ID}.dkr.ecr.{Aws.REGION}.{Aws.URL_SUFFIX}/{repository}"

    def _environment(self) -> Mapping[Build, Mapping[str, str]]:
        settings = self._settings
        stage = {STAGE_VARIABLE: settings.stage} if settings.stage else {}
        return {
            "Check": stage,
            "Image": stage,
            "Plan": stage,
            "Release": {**stage, "APPROVED": str(settings.pipeline_approval).lower()},
            "Record": {**stage, "BRANCH": str(settings.pipeline_branch)},
        }

    def _rights(self, data: DataStack) -> Rights:
        grounds = delivery_grounds(self, self._settings, data)
        return {
            "Image": push(grounds),
            "Plan": plan(grounds),
            "Release": release(grounds),
            "Record": record(grounds),
        }
