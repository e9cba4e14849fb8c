"""All pipelines: how executions start, stop, are retried and approved.

docs.aws.amazon.com/codepipeline/latest/APIReference/: StartPipelineExecution, StopPipelineExecution,
RetryStageExecution, PutApprovalResult.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from greenlight.rehearsal.cloud.codepipeline import announcement
from greenlight.rehearsal.cloud.codepipeline.definition import Definition
from greenlight.rehearsal.cloud.codepipeline.execution import (
    FAILED,
    IN_PROGRESS,
    STOPPED,
    STOPPING,
    ActionRun,
    Execution,
    Trigger,
)
from greenlight.rehearsal.cloud.codepipeline.pipeline import Pipeline
from greenlight.rehearsal.cloud.codepipeline.player import ALL_ACTIONS, Player

RETRIES = ("FAILED_ACTIONS", ALL_ACTIONS)


class RefusedError(Exception):
    """A call is refused, with the name of AWS's exception."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Pipelines:
    """The pipelines by their names."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._pipelines: dict[str, Pipeline] = {}

    def put(self, definition: Definition) -> Pipeline:
        """Deploy a version of a pipeline; executions that run keep theirs."""
        pipeline = self._pipelines.setdefault(definition.name, Pipeline(definition))
        pipeline.definition = definition
        return pipeline

    def remove(self, name: str) -> None:
        """Forget a pipeline; its executions are abandoned."""
        pipeline = self._pipelines.pop(name, None)
        for execution in pipeline.executions if pipeline else ():
            if execution.status in (IN_PROGRESS, STOPPING):
                execution.is_abandoning = True
                execution.change(STOPPING)
        if pipeline:
            pipeline.wake()

    def names(self) -> list[str]:
        """What they are called."""
        return sorted(self._pipelines)

    def get(self, name: str) -> Pipeline:
        """Find a pipeline. Raises RefusedError."""
        if name not in self._pipelines:
            raise RefusedError("PipelineNotFoundException", f"The account does not have a pipeline with name '{name}'")
        return self._pipelines[name]

    def start(
        self, name: str, trigger: Trigger, given: Mapping[str, str] | None = None, revision: str = ""
    ) -> Execution:
        """Begin an execution, behind those that are there."""
        pipeline = self.get(name)
        definition = pipeline.definition
        given = given or {}
        if unknown := sorted(set(given) - set(definition.variables)):
            raise RefusedError("ValidationException", f"The pipeline has no variable {unknown[0]}")
        values = {**definition.variables, **given}
        if missing := sorted(key for key, value in values.items() if value is None):
            raise RefusedError("ValidationException", f"The variable {missing[0]} has no default: give it a value")
        execution = Execution(definition, trigger, {key: str(value) for key, value in values.items()}, revision)
        pipeline.begin(execution)
        self._player.begin(pipeline, execution)
        return execution

    def stop(self, name: str, execution_id: str, reason: str, *, abandon: bool) -> None:
        """Let nothing new begin; abandon what runs, or wait for it."""
        pipeline = self.get(name)
        execution = self.execution(name, execution_id)
        with execution.lock:
            if execution.status == STOPPING and (execution.is_abandoning or not abandon):
                raise RefusedError(
                    "DuplicatedStopRequestException", f"The execution {execution_id} is stopping already"
                )
            if execution.status not in (IN_PROGRESS, STOPPING):
                raise RefusedError("PipelineExecutionNotStoppableException", f"The execution is {execution.status}")
            execution.is_abandoning = abandon
            execution.change(STOPPING, reason)
        announcement.tell_execution(execution, STOPPING.upper())
        pipeline.wake()

    def retry(self, name: str, stage: str, execution_id: str, mode: str) -> None:
        """Run a stage again that failed or was stopped, and what comes after it."""
        pipeline, execution = self.get(name), self.execution(name, execution_id)
        found = pipeline.definition.stage(stage)
        if found is None:
            raise RefusedError("StageNotFoundException", f"The pipeline {name} has no stage {stage}")
        if mode not in RETRIES:
            raise RefusedError("ValidationException", f"retryMode must be one of {', '.join(RETRIES)}, got {mode!r}")
        if pipeline.latest.get(stage) is not execution or execution.definition.version != pipeline.definition.version:
            raise RefusedError(
                "NotLatestPipelineExecutionException",
                f"The execution {execution_id} is not the latest in the stage {stage}, or the pipeline has changed",
            )
        with execution.lock:
            if execution.stages.get(stage) not in (FAILED, STOPPED) or execution.status not in (FAILED, STOPPED):
                raise RefusedError("StageNotRetryableException", f"The stage {stage} is {execution.stages.get(stage)}")
            execution.attempt += 1
            execution.is_abandoning = False
            execution.change(IN_PROGRESS)
        keep = frozenset() if mode == ALL_ACTIONS else frozenset(execution.succeeded(found))
        pipeline.turns(stage).join(execution)
        number = [each.name for each in execution.definition.stages].index(stage)
        self._player.begin(pipeline, execution, number, keep)

    def decide(self, name: str, stage: str, action: str, token: str, result: str, summary: str, who: str) -> float:
        """Answer an approval; return when that was, in Unix seconds."""
        run = self._run(name, stage, action)
        if run.token != token or not token:
            raise RefusedError("InvalidApprovalTokenException", "The approval token is invalid")
        with run.execution.lock:
            if run.status != IN_PROGRESS or run.decision:
                raise RefusedError("ApprovalAlreadyCompletedException", "The approval has been answered already")
            run.updated_by, run.decision = who, (result, summary)
        return time.time()

    def execution(self, name: str, execution_id: str) -> Execution:
        """Find an execution. Raises RefusedError."""
        found = self.get(name).execution(execution_id)
        if found is None:
            raise RefusedError("PipelineExecutionNotFoundException", f"No execution {execution_id} of {name}")
        return found

    def _run(self, name: str, stage: str, action: str) -> ActionRun:
        pipeline = self.get(name)
        found = pipeline.definition.stage(stage)
        if found is None:
            raise RefusedError("StageNotFoundException", f"The pipeline {name} has no stage {stage}")
        if found.action(action) is None:
            raise RefusedError("ActionNotFoundException", f"The stage {stage} has no action {action}")
        run = pipeline.last_run(stage, action)
        if run is None:
            raise RefusedError("InvalidApprovalTokenException", "Nobody has been asked yet")
        return run
