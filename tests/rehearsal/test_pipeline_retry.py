"""A run that is taken up again after something else went live: the real pipeline, scripts, commands and switch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from rich.console import Console
from traffic_switch.contract import Color

from greenlight.deployed import Deployed
from greenlight.rehearsal.acts.flags import RELEASE as GREEN
from greenlight.rehearsal.acts.performance import ours
from greenlight.rehearsal.acts.pipeline.repository import Repository
from greenlight.rehearsal.acts.pipeline.roles import StackRoles
from greenlight.rehearsal.acts.pipeline.settings import flags
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.stage import Stage
from greenlight.rehearsal.versions import DELIVERED, DENIED, Cast
from tests.rehearsal.local_cloud import eventually

pytestmark = [pytest.mark.rehearsal, pytest.mark.long, pytest.mark.timeout(900)]
NAME, RELEASE = "GreenlightPipeline", "Release"
PATIENCE_SECONDS = 300.0


@dataclass
class Line:
    """The rehearsed pipeline, and whoever pushes, approves and retries."""

    stage: Stage
    client: Any = field(default_factory=lambda: boto3.client("codepipeline"))

    def push(self, version: str) -> str:
        """Push a commit that wants a version of the shop; return the id of its run."""
        known = self._runs()
        Repository(self.stage).push({"shop": version})
        return str(eventually(lambda: next(iter(self._runs() - known), None), PATIENCE_SECONDS))

    def approve(self, run: str) -> None:
        self.client.put_approval_result(
            pipelineName=NAME,
            stageName=RELEASE,
            actionName="Approve",
            token=self.asked(run),
            result={"status": "Approved", "summary": "tried"},
        )

    def asked(self, run: str) -> str:
        """Wait until a run asks, and return the token; nothing when it ends before."""
        return str(eventually(lambda: self._over(run) or self._token(run), PATIENCE_SECONDS))

    def ended(self, run: str) -> str:
        return str(eventually(lambda: self._over(run), PATIENCE_SECONDS))

    def retry(self, run: str, mode: str) -> None:
        self.client.retry_stage_execution(pipelineName=NAME, stageName=RELEASE, pipelineExecutionId=run, retryMode=mode)

    def planned(self, run: str) -> str:
        """What a run's newest plan saw live."""
        found = self.client.list_action_executions(pipelineName=NAME, filter={"pipelineExecutionId": run})
        plans = [each for each in found["actionExecutionDetails"] if each["actionName"] == "Plan-shop"]
        return str(plans[0]["output"]["outputVariables"]["LIVE"])

    def log(self) -> str:
        """What the newest build of a release said."""
        files = self.stage.place.logs.glob(f"build-{NAME}-Release-*.log")
        return " ".join(max(files, key=lambda file: file.stat().st_mtime_ns).read_text().split())

    def _runs(self) -> set[str]:
        found = self.client.list_pipeline_executions(pipelineName=NAME)["pipelineExecutionSummaries"]
        return {each["pipelineExecutionId"] for each in found}

    def _over(self, run: str) -> str:
        found = self.client.get_pipeline_execution(pipelineName=NAME, pipelineExecutionId=run)
        status = str(found["pipelineExecution"]["status"])
        return "" if status in ("InProgress", "Stopping") else status

    def _token(self, run: str) -> str:
        (stage,) = [each for each in self._state() if each["stageName"] == RELEASE]
        if stage.get("latestExecution", {}).get("pipelineExecutionId") != run:
            return ""
        (asks,) = [each for each in stage["actionStates"] if each["actionName"] == "Approve"]
        return str(asks.get("latestExecution", {}).get("token", ""))

    def _state(self) -> list[Any]:
        return list(self.client.get_pipeline_state(name=NAME)["stageStates"])


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    order = Order(
        compute="fargate",
        acts=[],
        cast=Cast("1.0.0", "2.0.0"),
        load=Load(200, 50),
        place=Place(tmp_path_factory.mktemp("rehearsal")),
        more_flags={"pipeline": flags, "by-hand": lambda script: {**flags(script), **GREEN(script)}},
    )
    with (
        Progress(Console(quiet=True)) as progress,
        opened(order, progress) as stage,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.chdir(stage.place.project.folder)
        assert stage.deploy("pipeline", lambda: None).code == 0
        yield Line(stage)


@pytest.fixture(scope="module")
def old(line: Line) -> str:
    """A run that was planned and approved, and failed before it released anything; then somebody released by hand."""
    with StackRoles(NAME, boto3.client).lacking("DeliveryReleaseRole", "ecr:BatchGetImage"):  # type: ignore[arg-type]
        run = line.push(DENIED)
        line.approve(run)
        assert line.ended(run) == "Failed"
    assert line.planned(run) == "blue 1.0.0"
    line.stage.await_assembly("by-hand")
    folder = line.stage.place.assembly("by-hand")
    by_hand = line.stage.run(ours("release", "2.0.0", "--yes", "--app", str(folder)), "release", lambda: None)
    assert by_hand.code == 0, by_hand.output
    return run


def test_its_release_is_refused_with_what_is_live(line: Line, old: str) -> None:
    head = Repository(line.stage).head()
    line.retry(old, "FAILED_ACTIONS")

    assert line.ended(old) == "Failed"
    assert "shop: green 2.0.0 is live, and this release was planned while blue 1.0.0 was" in line.log()
    assert live() == (Color.GREEN, "2.0.0")
    assert Repository(line.stage).head() == head, "something was recorded"


def test_the_whole_stage_is_planned_and_asked_anew(line: Line, old: str) -> None:
    line.retry(old, "ALL_ACTIONS")

    assert line.asked(old)
    assert line.planned(old) == "green 2.0.0"
    line.client.stop_pipeline_execution(pipelineName=NAME, pipelineExecutionId=old, abandon=True)
    assert line.ended(old) == "Stopped"


def test_behind_a_newer_run_it_is_taken_up_by_nobody(line: Line, old: str) -> None:
    newer = line.push(DELIVERED)
    assert line.asked(newer)

    for mode in ("FAILED_ACTIONS", "ALL_ACTIONS"):
        with pytest.raises(line.client.exceptions.NotLatestPipelineExecutionException):
            line.retry(old, mode)
    assert live() == (Color.GREEN, "2.0.0")


def live() -> Any:
    found = Deployed().journal.live("shop")
    return (found.color, found.version) if found else None
