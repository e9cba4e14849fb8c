"""What clients see of pipelines, in the shapes of the API reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenlight.rehearsal.cloud.codepipeline.definition import Definition, Stage
from greenlight.rehearsal.cloud.codepipeline.execution import ActionRun, Execution
from greenlight.rehearsal.cloud.codepipeline.pipeline import Pipeline

_LONGEST_SUMMARY = 2048


def structure(definition: Definition) -> dict[str, Any]:
    """GetPipeline: the template's properties, as the API spells them."""
    shown: dict[str, Any] = _spelled({key: each for key, each in definition.given.items() if key != "Tags"})
    shown.pop("restartExecutionOnUpdate", None)
    return {
        "pipeline": {**shown, "name": definition.name, "version": definition.version},
        "metadata": {"pipelineArn": definition.arn},
    }


def execution(found: Execution) -> dict[str, Any]:
    """GetPipelineExecution."""
    return {
        "pipelineName": found.definition.name,
        "pipelineVersion": found.definition.version,
        "pipelineExecutionId": found.id,
        "status": found.status,
        "statusSummary": found.summary,
        "artifactRevisions": [
            {"name": name, "revisionId": commit, "revisionSummary": message}
            for name, (commit, message) in found.revisions.items()
        ],
        "variables": [{"name": name, "resolvedValue": value} for name, value in found.variables.items()],
        **_common(found),
    }


def summary(found: Execution) -> dict[str, Any]:
    """One of ListPipelineExecutions."""
    return {
        "pipelineExecutionId": found.id,
        "status": found.status,
        "statusSummary": found.summary,
        "startTime": found.started_at,
        "lastUpdateTime": max([found.changed_at, *(run.changed_at for run in found.runs)]),
        "sourceRevisions": [
            {"actionName": name, "revisionId": commit, "revisionSummary": message}
            for name, (commit, message) in found.revisions.items()
        ],
        **_common(found),
    }


def run(found: ActionRun) -> dict[str, Any]:
    """One of ListActionExecutions."""
    action = found.action
    result: dict[str, Any] = {
        "externalExecutionId": found.external_id,
        "externalExecutionSummary": found.summary[:_LONGEST_SUMMARY],
    }
    if found.error:
        result["errorDetails"] = dict(zip(("code", "message"), found.error, strict=True))
    return {
        "pipelineExecutionId": found.execution.id,
        "actionExecutionId": found.id,
        "pipelineVersion": found.execution.definition.version,
        "stageName": found.stage.name,
        "actionName": action.name,
        "startTime": found.started_at,
        "lastUpdateTime": found.changed_at,
        "updatedBy": found.updated_by,
        "status": found.status,
        "input": {
            "actionTypeId": vars(action.kind),
            "configuration": dict(action.configuration),
            "resolvedConfiguration": dict(found.configuration),
            "roleArn": action.role_arn,
            "inputArtifacts": [{"name": name} for name in action.inputs],
            "namespace": action.namespace,
        },
        "output": {
            "outputArtifacts": [{"name": name} for name in action.outputs],
            "executionResult": result,
            "outputVariables": dict(found.variables),
        },
    }


def state(pipeline: Pipeline) -> dict[str, Any]:
    """GetPipelineState: each stage with the last execution that entered it, which may be an earlier one."""
    definition = pipeline.definition
    return {
        "pipelineName": definition.name,
        "pipelineVersion": definition.version,
        "stageStates": [_stage(pipeline, stage) for stage in definition.stages],
    }


def _stage(pipeline: Pipeline, stage: Stage) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "stageName": stage.name,
        "inboundTransitionState": {"enabled": True},
        "inboundExecutions": [
            {"pipelineExecutionId": each.id, "status": each.status} for each in pipeline.turns(stage.name).waiting()
        ],
        "actionStates": [_action(action.name, pipeline.last_run(stage.name, action.name)) for action in stage.actions],
    }
    latest = pipeline.latest.get(stage.name)
    if latest:
        shown["latestExecution"] = {"pipelineExecutionId": latest.id, "status": latest.stages[stage.name]}
    return shown


def _action(name: str, last: ActionRun | None) -> dict[str, Any]:
    if last is None:
        return {"actionName": name}
    shown: dict[str, Any] = {
        "actionExecutionId": last.id,
        "status": last.status,
        "summary": last.summary[:_LONGEST_SUMMARY],
        "lastStatusChange": last.changed_at,
        "externalExecutionId": last.external_id,
        "lastUpdatedBy": last.updated_by,
    }
    if last.token and last.status == "InProgress":
        shown["token"] = last.token
    if last.error:
        shown["errorDetails"] = {"code": last.error[0], "message": last.error[1]}
    return {"actionName": name, "latestExecution": {key: each for key, each in shown.items() if each != ""}}


def _common(found: Execution) -> dict[str, Any]:
    trigger = {"triggerType": found.trigger.kind, "triggerDetail": found.trigger.detail}
    return {"trigger": trigger, "executionMode": "QUEUED", "executionType": "STANDARD"}


def _spelled(value: Any) -> Any:
    """Small initials for the names of members; keys of a configuration are the provider's own."""
    if isinstance(value, list):
        return [_spelled(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key[:1].lower() + key[1:]: dict(each) if key == "Configuration" else _spelled(each)
        for key, each in value.items()
    }
