"""What CodePipeline refuses of a pipeline, and what the rehearsal refuses because it cannot play it: all when deployed.

Sources: docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-requirements.html (stages, actions, artifacts),
reference-variables.html (namespaces), limits.html (timeouts of approvals).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from greenlight.rehearsal.cloud.codepipeline.definition import Action, Definition, Kind, Stage

APPROVAL = Kind("Approval", "AWS", "Manual", "1")
BUILD, TEST = (Kind(category, "AWS", "CodeBuild", "1") for category in ("Build", "Test"))
CONNECTION = Kind("Source", "AWS", "CodeStarSourceConnection", "1")

PLAYED: Mapping[Kind, frozenset[str]] = {
    APPROVAL: frozenset({"NotificationArn", "CustomData", "ExternalEntityLink"}),
    BUILD: frozenset({"ProjectName", "PrimarySource", "EnvironmentVariables"}),
    TEST: frozenset({"ProjectName", "PrimarySource", "EnvironmentVariables"}),
    CONNECTION: frozenset({"ConnectionArn", "FullRepositoryId", "BranchName", "OutputArtifactFormat", "DetectChanges"}),
}
"""The actions that are played, with their configuration."""

APPROVAL_MINUTES = (5, 86_400)
BUILD_MINUTES = (5, 2_160)
REFERENCE = re.compile(r"#\{([\w@-]+)\.([\w@-]+)\}")
_REPOSITORY = re.compile(r"\w[\w.-]*(/\w[\w.-]*)+")
_OWN = frozenset({"variables", "codepipeline"})
_STAGE_KEYS = frozenset({"Name", "Actions", "OnFailure"})
_ACTION_KEYS = frozenset(
    {
        "Name",
        "ActionTypeId",
        "Configuration",
        "InputArtifacts",
        "OutputArtifacts",
        "Namespace",
        "RunOrder",
        "RoleArn",
        "TimeoutInMinutes",
    }
)
_UNPLAYED = ("ArtifactStores", "DisableInboundStageTransitions")


def refusal(properties: Mapping[str, Any]) -> str:
    """Say why a pipeline cannot be made, or nothing."""
    if found := next(_of_properties(properties), ""):
        return found
    definition = Definition.of("", "", 1, properties)
    return next(chain(_of_structure(definition), _of_actions(definition), _of_references(definition)), "")


def _of_properties(given: Mapping[str, Any]) -> Iterator[str]:
    if given.get("PipelineType") != "V2" or given.get("ExecutionMode") != "QUEUED":
        yield "the rehearsal plays PipelineType V2 with ExecutionMode QUEUED alone"
    yield from (f"the rehearsal does not play {name} of a pipeline" for name in _UNPLAYED if given.get(name))
    for stage in given["Stages"]:
        for name in sorted(set(stage) - _STAGE_KEYS):
            yield f"the rehearsal does not play {name} of the stage {stage['Name']}"
        yield from _of_failure(stage)
        for action in stage["Actions"]:
            for name in sorted(set(action) - _ACTION_KEYS):
                yield f"the rehearsal does not play {name} of the action {action['Name']}"
    yield from _of_triggers(given)


def _of_failure(stage: Mapping[str, Any]) -> Iterator[str]:
    failure = stage.get("OnFailure") or {}
    if failure.get("Conditions") or failure.get("Result", "RETRY") != "RETRY":
        yield f"the rehearsal plays OnFailure with the result RETRY alone (stage {stage['Name']})"


def _of_triggers(given: Mapping[str, Any]) -> Iterator[str]:
    for trigger in given.get("Triggers") or ():
        git = trigger.get("GitConfiguration") or {}
        if git.get("PullRequest") or any(each.get("Tags") for each in git.get("Push") or ()):
            yield "the rehearsal plays triggers on pushes to branches alone"


def _of_structure(definition: Definition) -> Iterator[str]:
    first, *later = definition.stages
    if not later:
        yield "Pipeline has only 1 stage(s). There should be a minimum of 2 stages in a pipeline"
    if any(action.kind.category != "Source" for action in first.actions):
        yield "Pipeline should start with a stage that only contains source actions"
    for stage in later:
        if any(action.kind.category == "Source" for action in stage.actions):
            yield f"Source action types are only allowed in the first stage, not in {stage.name}"
    made: set[str] = set()
    for stage in definition.stages:
        for group in stage.groups():
            for name in sorted({each for action in group for each in action.inputs} - made):
                yield f"Input Artifact Bundle {name} in stage {stage.name} is not the output of an earlier action"
            made |= {each for action in group for each in action.outputs}


def _of_actions(definition: Definition) -> Iterator[str]:
    for stage in definition.stages:
        for action in stage.actions:
            yield from _of_action(stage, action)


def _of_action(stage: Stage, action: Action) -> Iterator[str]:
    where = f"the action {action.name} in the stage {stage.name}"
    if action.kind not in PLAYED:
        played = ", ".join(map(str, PLAYED))
        yield f"the rehearsal does not play the action type {action.kind} of {where}; it plays {played}"
        return
    for name in sorted(set(action.configuration) - PLAYED[action.kind]):
        yield f"the rehearsal does not play the configuration key {name} of {where}"
    repository = action.configuration.get("FullRepositoryId", "")
    if action.kind == CONNECTION and not _REPOSITORY.fullmatch(repository):
        yield f"FullRepositoryId {repository!r} of {where} must be <owner>/<name>"
    if action.timeout_minutes is not None:
        least, most = APPROVAL_MINUTES if action.kind == APPROVAL else BUILD_MINUTES
        if action.kind == CONNECTION or not least <= action.timeout_minutes <= most:
            yield f"TimeoutInMinutes {action.timeout_minutes:g} of {where} must be between {least} and {most}"


def _of_references(definition: Definition) -> Iterator[str]:
    known = set(_OWN)
    for stage in definition.stages:
        for group in stage.groups():
            for action in group:
                for key, value in action.configuration.items():
                    yield from _unknown(definition, stage, action, key, value, known)
            known |= {action.namespace for action in group if action.namespace}


def _unknown(
    definition: Definition, stage: Stage, action: Action, key: str, value: str, known: set[str]
) -> Iterator[str]:
    for namespace, name in REFERENCE.findall(value):
        declared = name in definition.variables if namespace == "variables" else True
        if namespace not in known or not declared:
            yield (
                "Valid format for a pipeline execution variable reference is a namespace and a key separated by a"
                " period (.). The following pipeline execution variables are referencing a namespace that does not"
                f" exist. StageName: [{stage.name}] ActionName: [{action.name}] ActionConfigurationKey: [{key}]"
                f" VariableReferenceText: [{namespace}.{name}]"
            )
