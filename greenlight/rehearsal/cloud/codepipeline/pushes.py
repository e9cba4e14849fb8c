"""Pushes to the repositories that pipelines read: each starts an execution, of the commit that it brought.

A repository's own log of its branches says what was pushed, so two pushes in a moment are two executions
(concepts-how-it-works.html, "How pipeline executions are started").
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from greenlight.rehearsal.cloud.codepipeline import filters
from greenlight.rehearsal.cloud.codepipeline.definition import Action, Definition
from greenlight.rehearsal.cloud.codepipeline.execution import Trigger
from greenlight.rehearsal.cloud.codepipeline.pipelines import Pipelines, RefusedError
from greenlight.rehearsal.cloud.codepipeline.validation import CONNECTION
from greenlight.rehearsal.cloud.git import Git, GitError, repository_folder

LOOK_SECONDS = 0.1
NOTHING = "0" * 40

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Branch:
    """A branch that a pipeline reads."""

    repository: Path
    name: str

    @property
    def journal(self) -> Path:
        """Where git writes down each push."""
        return self.repository / "logs" / "refs" / "heads" / self.name

    def size(self) -> int:
        """How much it has written."""
        return self.journal.stat().st_size if self.journal.is_file() else 0

    def files(self, git: Git, old: str, new: str) -> list[str]:
        """Which files a push changed."""
        changed = ("diff", "--name-only", old, new) if old != NOTHING else ("ls-tree", "-r", "--name-only", new)
        return git.run(self.repository, *changed).decode(errors="replace").splitlines()


class Pushes:
    """Watches, in one thread for all pipelines, from the first one on that is deployed."""

    def __init__(self, run_dir: Path, pipelines: Pipelines, git: Git) -> None:
        self._git = git
        self._run_dir = run_dir
        self._pipelines = pipelines
        self._read: dict[tuple[str, Branch], int] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def watch(self, definition: Definition) -> None:
        """Make the repositories of a pipeline if they are missing, and heed pushes from now on."""
        with self._lock:
            for _source, branch in self._sources(definition):
                _prepare(self._git, branch.repository)
                self._read.setdefault((definition.name, branch), branch.size())
            if self._thread is None:
                run = contextvars.copy_context().run
                self._thread = threading.Thread(target=run, args=(self._look,), name="pushes", daemon=True)
                self._thread.start()

    def _sources(self, definition: Definition) -> list[tuple[Action, Branch]]:
        return [
            (action, Branch(repository_folder(self._run_dir, given["FullRepositoryId"]), given["BranchName"]))
            for action in definition.stages[0].actions
            if action.kind == CONNECTION
            for given in [action.configuration]
        ]

    def _look(self) -> None:
        while True:
            for name in self._pipelines.names():
                try:
                    self._look_at(name)
                except (OSError, RefusedError, GitError):
                    log.exception("pushes for the pipeline %s cannot be read", name)
            time.sleep(LOOK_SECONDS)

    def _look_at(self, name: str) -> None:
        definition = self._pipelines.get(name).definition
        for source, branch in self._sources(definition):
            for old, new in self._news(name, branch):
                if filters.starts(definition.given, source, branch.name, branch.files(self._git, old, new)):
                    trigger = Trigger("WebhookV2", source.configuration["ConnectionArn"])
                    self._pipelines.start(name, trigger, revision=new)

    def _news(self, name: str, branch: Branch) -> list[tuple[str, str]]:
        """The old and the new commit of each push since the last look."""
        with self._lock:
            begin, size = self._read.get((name, branch), branch.size()), branch.size()
            if size == begin:
                return []
            with branch.journal.open("rb") as journal:
                journal.seek(begin)
                lines = journal.read(size - begin).decode(errors="replace").splitlines()
            self._read[name, branch] = size
        pushed = [(line[:40], line[41:81]) for line in lines]
        return [(old, new) for old, new in pushed if new != NOTHING]


def _prepare(git: Git, repository: Path) -> None:
    if not repository.is_dir():
        repository.mkdir(parents=True)
        git.run(repository, "init", "--quiet", "--bare", "--initial-branch=main")
    git.run(repository, "config", "core.logAllRefUpdates", "true")
