"""AWS::CodePipeline::Pipeline. A pipeline runs as soon as it is there, and after a change if it says so.

docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-pipeline.html
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.codepipeline.definition import Definition
from greenlight.rehearsal.cloud.codepipeline.execution import Trigger
from greenlight.rehearsal.cloud.codepipeline.pipelines import Pipelines
from greenlight.rehearsal.cloud.codepipeline.pushes import Pushes
from greenlight.rehearsal.cloud.codepipeline.roles import PRINCIPAL
from greenlight.rehearsal.cloud.codepipeline.validation import refusal
from greenlight.rehearsal.cloud.iam.principals import may_assume

LONGEST_NAME = 100


@dataclass(frozen=True)
class PipelineResource:
    """Makes, changes and deletes pipelines for CloudFormation."""

    pipelines: Pipelines
    pushes: Pushes

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """Make a pipeline and begin its first execution."""
        name = properties.get("Name") or provisioners._physical_name(stack_name, logical_id, max_len=LONGEST_NAME)
        if name in self.pipelines.names():
            raise ActionError(f"PipelineNameInUseException: A pipeline with the name '{name}' already exists")
        created = self._put(name, 1, properties)
        self.pipelines.start(name, Trigger("CreatePipeline", _arn(name)))
        return created

    def update(self, physical_id: str, _old: Properties, new: Properties) -> Created:
        """Make the next version of a pipeline."""
        version = self.pipelines.get(physical_id).definition.version + 1
        updated = self._put(physical_id, version, new)
        if str(new.get("RestartExecutionOnUpdate", "false")).lower() == "true":
            self.pipelines.start(physical_id, Trigger("StartPipelineExecution", _arn(physical_id)))
        return updated

    def _put(self, name: str, version: int, properties: Properties) -> Created:
        if found := refusal(properties):
            raise ActionError(f"InvalidStructureException: {found}")
        role = properties["RoleArn"]
        if not may_assume(role, PRINCIPAL, _arn(name)):
            raise ActionError(f"CodePipeline is not authorized to perform AssumeRole on role {role}")
        definition = Definition.of(name, _arn(name), version, copy.deepcopy(dict(properties)))
        self.pipelines.put(definition)
        self.pushes.watch(definition)
        return name, {"Version": str(version), "Arn": definition.arn}

    def delete(self, physical_id: str, _properties: Properties) -> None:
        """Forget a pipeline."""
        self.pipelines.remove(physical_id)


def _arn(name: str) -> str:
    return f"arn:aws:codepipeline:{get_region()}:{get_account_id()}:{name}"
