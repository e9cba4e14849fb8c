"""Build/AWS/CodeBuild and Test/AWS/CodeBuild: a build of a project, whose exported variables others can read.

docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

from greenlight.rehearsal.cloud.codebuild.order import ArtifactPlace, Order, leave
from greenlight.rehearsal.cloud.codepipeline.errors import AbandonedError, ActionFailedError
from greenlight.rehearsal.cloud.codepipeline.step import Step

DEFAULT_MINUTES = 8 * 60.0
_SUCCEEDED = "SUCCEEDED"


def play(step: Step) -> Mapping[str, str]:
    """Build. Raises ActionFailedError with the phase that failed."""
    run, execution = step.run, step.run.execution
    outputs = tuple(step.new_artifact(name) for name in run.action.outputs)
    token = uuid.uuid4().hex
    leave(token, Order(f"codepipeline/{execution.definition.name}", _inputs(step), outputs))
    started = step.call(
        "codebuild",
        "start_build",
        projectName=step.configuration["ProjectName"],
        environmentVariablesOverride=json.loads(step.configuration.get("EnvironmentVariables", "[]")),
        idempotencyToken=token,
    )
    run.external_id = started["build"]["id"]
    build = _ended(step)
    if build["buildStatus"] != _SUCCEEDED:
        raise ActionFailedError(_why(build))
    execution.artifacts.update({place.name: place for place in outputs})
    return {each["name"]: each["value"] for each in build.get("exportedEnvironmentVariables", ())}


def _inputs(step: Step) -> tuple[ArtifactPlace, ...]:
    primary = step.configuration.get("PrimarySource")
    names = sorted(step.run.action.inputs, key=lambda name: name != primary)
    return tuple(step.run.execution.artifacts[name] for name in names)


def _ended(step: Step) -> Mapping[str, Any]:
    """Wait for the build; one that nobody waits for any more is stopped, if the role may."""
    build_id = step.run.external_id

    def look() -> Mapping[str, Any] | None:
        (build,) = step.call("codebuild", "batch_get_builds", ids=[build_id])["builds"]
        return dict(build) if build["buildComplete"] else None

    try:
        return step.wait(look, DEFAULT_MINUTES, "the build did not end")
    except (AbandonedError, ActionFailedError):
        with contextlib.suppress(ActionFailedError):
            step.call("codebuild", "stop_build", id=build_id)
        raise


def _why(build: Mapping[str, Any]) -> str:
    status = build["buildStatus"]
    for phase in build["phases"]:
        if phase.get("phaseStatus", _SUCCEEDED) != _SUCCEEDED:
            said = "; ".join(each["message"] for each in phase.get("contexts", ()))
            return f"Build terminated with state: {status}. Phase: {phase['phaseType']}, {said}"
    return f"Build terminated with state: {status}"
