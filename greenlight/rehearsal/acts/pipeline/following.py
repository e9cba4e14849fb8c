"""One run of the pipeline, followed as people do who may approve it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from greenlight.delivery.deployed_pipeline import DeployedPipeline
from greenlight.delivery.run import APPROVAL, Action, Run
from greenlight.errors import RehearsalError
from greenlight.rehearsal.acts.performance import Performance, client
from greenlight.rehearsal.stage import CommandOutcome
from greenlight.waiting import awaited

SECONDS, PATIENT_SECONDS = 300.0, 5400.0
"""For a run on a machine that others use, and at production's own pace."""
POLL_SECONDS = 0.4
OVER = ("Succeeded", "Failed", "Stopped", "Superseded")
RELEASE = "Release"
"""The stage that plans, asks, releases and records, each with a project of its own."""
PROJECTS = {"Images": "Image"}
"""The projects that are not called like their stage."""


@dataclass
class Following:
    """Follows the run of a commit, and approves it."""

    performance: Performance
    commit: str
    _noted: str = ""

    def to_its_end(self) -> CommandOutcome:
        """Approve the run when it asks; return how it ended, and what its actions and the build that failed said.

        Raises:
            RehearsalError: it did not end in time.
        """
        run = self._until(lambda run: run.status in OVER or self._question())
        if run.status not in OVER:
            self._approve()
            run = self._until(lambda run: run.status in OVER)
        failed = next((each for each in run.actions if each.status == "Failed"), None)
        said = [f"{_project(each)} {each.status}" for each in run.actions]
        if failed is None:
            return CommandOutcome(0, "\n".join(said))
        return CommandOutcome(1, "\n".join([*said, *self._log(failed)]), f"{_project(failed)}: {failed.why}")

    def _until(self, holds: Callable[[Run], object]) -> Run:
        patience = PATIENT_SECONDS if self.performance.stage.real_time else SECONDS
        run = awaited(self._look, lambda run: run and holds(run), patience, POLL_SECONDS)
        if run is None or not holds(run):
            where = run.standing if run else "did not begin"
            raise RehearsalError(f"the run of the commit {self.commit[:12]} {where}, after {patience:g} s")
        return run

    def _look(self) -> Run | None:
        self.performance.look()
        run = DeployedPipeline(self._name, lambda _: self._client).newest()
        if run is None or run.commit != self.commit:
            return None
        if run.standing != self._noted:
            self._noted = run.standing
            self.performance.stage.progress.note(f"the pipeline's run {run.standing}")
        return run

    def _question(self) -> str:
        """The token with which the approval is answered; empty while nobody is asked."""
        stages = self._client.get_pipeline_state(name=self._name)["stageStates"]
        asked = [each for stage in stages for each in stage["actionStates"] if each["actionName"] == APPROVAL]
        return next((str(each.get("latestExecution", {}).get("token", "")) for each in asked), "")

    def _approve(self) -> None:
        self._client.put_approval_result(
            pipelineName=self._name,
            stageName=RELEASE,
            actionName=APPROVAL,
            token=self._question(),
            result={"status": "Approved", "summary": "rehearsed"},
        )

    def _log(self, action: Action) -> Iterator[str]:
        """What the newest build of an action's project printed."""
        project = f"{self._name}-{_project(action)}"
        found = self.performance.stage.place.logs.glob(f"build-{project}-*.log")
        newest = max(found, key=lambda file: file.stat().st_mtime_ns, default=None)
        yield from newest.read_text(errors="replace").splitlines() if newest else ()

    @property
    def _name(self) -> str:
        return self.performance.stage.settings.names.pipeline

    def __post_init__(self) -> None:
        self._client = client("codepipeline")


def _project(action: Action) -> str:
    """The end of the name of an action's project; actions of a release are called after theirs."""
    named = action.name.partition("-")[0] if action.stage == RELEASE else action.stage
    return PROJECTS.get(named, named)
