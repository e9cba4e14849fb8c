"""One execution of a pipeline, and the runs of its actions."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from greenlight.rehearsal.cloud.codebuild.order import ArtifactPlace
from greenlight.rehearsal.cloud.codepipeline.definition import Action, Definition, Stage

IN_PROGRESS, SUCCEEDED, FAILED = "InProgress", "Succeeded", "Failed"
STOPPING, STOPPED, ABANDONED = "Stopping", "Stopped", "Abandoned"


@dataclass(frozen=True)
class Trigger:
    """Why an execution began (API reference, ExecutionTrigger)."""

    kind: str
    detail: str


@dataclass
class ActionRun:
    """One run of an action. `token` is an approval's; `decision` what somebody said to it: the result and a summary."""

    execution: Execution
    stage: Stage
    action: Action
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = IN_PROGRESS
    summary: str = ""
    error: tuple[str, str] | None = None
    token: str = ""
    decision: tuple[str, str] | None = None
    external_id: str = ""
    updated_by: str = ""
    configuration: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    started_at: float = field(default_factory=time.time)
    changed_at: float = field(default_factory=time.time)

    def change(self, status: str) -> None:
        """Enter another status."""
        self.status, self.changed_at = status, time.time()


@dataclass
class Execution:
    """One way through a pipeline; `revision` is the commit that a push brought, empty for the newest one."""

    definition: Definition
    trigger: Trigger
    variables: Mapping[str, str]
    revision: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = IN_PROGRESS
    summary: str = ""
    attempt: int = 1
    is_abandoning: bool = False
    started_at: float = field(default_factory=time.time)
    changed_at: float = field(default_factory=time.time)
    runs: list[ActionRun] = field(default_factory=list)
    produced: dict[str, Mapping[str, str]] = field(default_factory=dict)
    artifacts: dict[str, ArtifactPlace] = field(default_factory=dict)
    revisions: dict[str, tuple[str, str]] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def is_stopping(self) -> bool:
        """Whether nothing new may begin."""
        return self.status == STOPPING

    def change(self, status: str, summary: str = "") -> None:
        """Enter another status."""
        self.status, self.summary, self.changed_at = status, summary, time.time()

    def succeeded(self, stage: Stage) -> set[str]:
        """The actions of a stage whose last run went well."""
        last = {run.action.name: run.status for run in self.runs if run.stage.name == stage.name}
        return {name for name, status in last.items() if status == SUCCEEDED}
