"""The way of an execution through its pipeline, in a thread of its own.

docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html: one execution at a time in a stage; a
failed action fails its stage and the execution, once those that run beside it have ended.
"""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from greenlight.rehearsal.cloud.codepipeline import announcement
from greenlight.rehearsal.cloud.codepipeline.actions import approval, build, connection
from greenlight.rehearsal.cloud.codepipeline.definition import Action, Kind, Stage
from greenlight.rehearsal.cloud.codepipeline.errors import AbandonedError, ActionFailedError
from greenlight.rehearsal.cloud.codepipeline.execution import (
    ABANDONED,
    FAILED,
    IN_PROGRESS,
    STOPPED,
    SUCCEEDED,
    ActionRun,
    Execution,
)
from greenlight.rehearsal.cloud.codepipeline.pipeline import Pipeline
from greenlight.rehearsal.cloud.codepipeline.references import resolved
from greenlight.rehearsal.cloud.codepipeline.roles import ActionRole
from greenlight.rehearsal.cloud.codepipeline.step import Step
from greenlight.rehearsal.cloud.codepipeline.validation import APPROVAL, BUILD, CONNECTION, TEST
from greenlight.rehearsal.cloud.git import Git

ALL_ACTIONS = "ALL_ACTIONS"
PLAYERS: Mapping[Kind, Callable[[Step], Mapping[str, str]]] = {
    APPROVAL: approval.play,
    BUILD: build.play,
    CONNECTION: connection.play,
    TEST: build.play,
}

log = logging.getLogger(__name__)


class Player:
    """Plays executions."""

    def __init__(self, run_dir: Path, endpoint_url: str, minute_seconds: float, git: Git) -> None:
        self._git = git
        self._run_dir = run_dir
        self._endpoint_url = endpoint_url
        self._minute_seconds = minute_seconds

    def begin(
        self, pipeline: Pipeline, execution: Execution, first: int = 0, keep: frozenset[str] = frozenset()
    ) -> None:
        """Play from a stage on, before which the execution stands already; what is kept of that stage does not run."""
        _in_a_thread(self._play, pipeline, execution, first, keep)

    def _play(self, pipeline: Pipeline, execution: Execution, first: int, keep: frozenset[str]) -> None:
        announcement.tell_execution(execution, announcement.STARTED if execution.attempt == 1 else announcement.RESUMED)
        stages = execution.definition.stages
        status = SUCCEEDED
        for number in range(first, len(stages)):
            turns = pipeline.turns(stages[number].name)
            entered = turns.wait(execution)
            status = self._stage(pipeline, execution, stages[number], keep) if entered else STOPPED
            if status == SUCCEEDED and number + 1 < len(stages):
                pipeline.turns(stages[number + 1].name).join(execution)
            turns.leave(execution)
            keep = frozenset()
            if status != SUCCEEDED:
                break
        self._end(execution, status)

    def _end(self, execution: Execution, status: str) -> None:
        with execution.lock:
            execution.change(status, execution.summary)
        announcement.tell_execution(execution, status.upper())

    def _stage(self, pipeline: Pipeline, execution: Execution, stage: Stage, keep: frozenset[str]) -> str:
        """Play a stage, twice if it says so and fails."""
        pipeline.latest[stage.name] = execution
        execution.stages[stage.name] = IN_PROGRESS
        announcement.tell_stage(execution, stage.name, announcement.STARTED)
        status = self._actions(execution, stage, keep)
        if status == FAILED and stage.retry:
            announcement.tell_stage(execution, stage.name, FAILED.upper())
            announcement.tell_stage(execution, stage.name, announcement.RESUMED)
            again = frozenset() if stage.retry == ALL_ACTIONS else frozenset(execution.succeeded(stage))
            status = self._actions(execution, stage, again)
        execution.stages[stage.name] = status
        announcement.tell_stage(execution, stage.name, status.upper())
        return status

    def _actions(self, execution: Execution, stage: Stage, keep: frozenset[str]) -> str:
        for group in stage.groups():
            if execution.is_stopping:
                return STOPPED
            statuses = self._together(execution, stage, [each for each in group if each.name not in keep])
            if ABANDONED in statuses or (FAILED in statuses and execution.is_stopping):
                return STOPPED
            if FAILED in statuses:
                return FAILED
        return SUCCEEDED

    def _together(self, execution: Execution, stage: Stage, actions: list[Action]) -> set[str]:
        runs = [ActionRun(execution, stage, action) for action in actions]
        execution.runs.extend(runs)
        threads = [_in_a_thread(self._act, run) for run in runs]
        for thread in threads:
            thread.join()
        return {run.status for run in runs}

    def _act(self, run: ActionRun) -> None:
        announcement.tell_action(run, announcement.STARTED)
        status = SUCCEEDED
        try:
            self._run(run)
        except AbandonedError:
            status = ABANDONED
        except ActionFailedError as error:
            status, run.error, run.summary = FAILED, (error.code, str(error)), str(error)
        except Exception as error:
            log.exception("the action %s cannot be played", run.action.name)
            status, run.error, run.summary = FAILED, ("InternalError", repr(error)), repr(error)
        run.change(status)
        announcement.tell_action(run, status.upper())

    def _run(self, run: ActionRun) -> None:
        execution, action = run.execution, run.action
        run.configuration = resolved(execution, action.configuration)
        role = ActionRole(execution.definition, action, execution.id, self._endpoint_url)
        run.variables = PLAYERS[action.kind](Step(run, role, self._run_dir, self._git, self._minute_seconds))
        if action.namespace:
            execution.produced[action.namespace] = run.variables


def _in_a_thread(work: Callable[..., None], *arguments: object) -> threading.Thread:
    run = contextvars.copy_context().run
    thread = threading.Thread(target=run, args=(work, *arguments), name="pipeline", daemon=True)
    thread.start()
    return thread
