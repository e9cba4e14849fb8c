"""Where a run of the pipeline stands: what CodePipeline says of its newest run, and what an operator reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from greenlight import cli
from greenlight.commands.pipeline import status as pipeline_status
from greenlight.delivery.deployed_pipeline import PAGE, DeployedPipeline
from greenlight.delivery.run import message_of
from greenlight.errors import NotDeployedError
from tests.unit.operator_world import CONTEXT

STAGES = {
    "Source": ("Source",),
    "Check": ("Check",),
    "Release": ("Approve", "Release-shop", "Release-report", "Record"),
}
LOG = "https://console/build/1"
CONNECTION = "arn:aws:codestar-connections:eu-west-1:123456789012:connection/0f5bdf4e"


class NoSuchPipelineError(Exception):
    pass


class Exceptions:
    PipelineNotFoundException = NoSuchPipelineError


def went(run: str, stage: str, name: str, minute: int, status: str = "Succeeded", **output: Any) -> dict[str, Any]:
    """An action as CodePipeline lists it."""
    return {
        "pipelineExecutionId": run,
        "stageName": stage,
        "actionName": name,
        "status": status,
        "startTime": datetime(2026, 11, 22, 12, minute, tzinfo=UTC),
        "output": output,
    }


def failing(**more: Any) -> dict[str, Any]:
    return {"executionResult": {"externalExecutionUrl": LOG, **more}}


@dataclass
class FakeCodePipeline:
    """What CodePipeline knows: each action of each run, and how runs are."""

    known: list[dict[str, Any]] = field(default_factory=list)
    pages: int = 0
    status: str = "InProgress"
    is_there: bool = True
    message: str = "Sell hats\n\nMore"
    connection: str | ClientError = "AVAILABLE"
    exceptions = Exceptions

    def get_connection(self, **asked: str) -> dict[str, Any]:
        assert asked == {"ConnectionArn": CONNECTION}
        if isinstance(self.connection, ClientError):
            raise self.connection
        return {"Connection": {"ConnectionStatus": self.connection}}

    def get_paginator(self, operation: str) -> FakeCodePipeline:
        assert operation == "list_action_executions"
        return self

    def get_pipeline(self, name: str) -> dict[str, Any]:
        if not self.is_there:
            raise NoSuchPipelineError(name)
        stages = [{"name": stage, "actions": [{"name": name} for name in names]} for stage, names in STAGES.items()]
        stages[0]["actions"] = [{"name": "Source", "configuration": {"ConnectionArn": CONNECTION}}]
        return {"pipeline": {"stages": stages}}

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """As ListActionExecutions: the newest first, of one run or of all."""
        run, size = asked.get("filter", {}).get("pipelineExecutionId"), asked["PaginationConfig"]["PageSize"]
        found = [each for each in self.known if run in (None, each["pipelineExecutionId"])][::-1]
        for first in range(0, len(found), size):
            self.pages += 1
            yield {"actionExecutionDetails": found[first : first + size]}

    def get_pipeline_execution(self, **asked: Any) -> dict[str, Any]:
        summary = json.dumps({"ProviderType": "GitHub", "CommitMessage": self.message})
        commit = {"revisionId": "0123456789abcdef", "revisionSummary": summary, "revisionUrl": "https://c"}
        return {"pipelineExecution": {"status": self.status, "artifactRevisions": [commit], **asked}}


@pytest.fixture
def cloud() -> FakeCodePipeline:
    return FakeCodePipeline([went("r1", "Source", "Source", 1), went("r1", "Check", "Check", 2)])


def shown(cloud: FakeCodePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """What the command prints."""
    (tmp_path / "cdk.json").write_text(json.dumps({"context": CONTEXT}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline_status, "DeployedPipeline", lambda name: deployed(cloud, name))
    ended = CliRunner().invoke(cli.commands, ["pipeline", "status", *words], catch_exceptions=False)
    assert ended.exit_code == 0
    return ended.output


def deployed(cloud: FakeCodePipeline, name: str = "P") -> DeployedPipeline:
    """A pipeline that asks this cloud, under the name that a connection's ARN has."""

    def client(service: str) -> FakeCodePipeline:
        assert service in ("codepipeline", "codestar-connections")
        return cloud

    return DeployedPipeline(name, client)


def standing(cloud: FakeCodePipeline) -> str:
    run = deployed(cloud).newest()
    assert run
    return run.standing


def test_the_newest_run_is_the_one_that_began_last_though_an_earlier_one_is_busy_later(cloud: FakeCodePipeline) -> None:
    cloud.known += [went("r2", "Source", "Source", 3), went("r1", "Release", "Release-shop", 4, "InProgress")]
    run = deployed(cloud).newest()

    assert run
    assert run.id == "r2"
    assert run.standing == "waits for the run before it"


def test_a_run_shows_every_stage_also_those_to_come(
    cloud: FakeCodePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.known.append(went("r1", "Release", "Approve", 5, "InProgress"))

    assert shown(cloud, tmp_path, monkeypatch).splitlines() == [
        "GreenlightPipeline: run r1 is in Release, Approve",
        "  commit 0123456789ab Sell hats https://c",
        "  Source   Source               Succeeded",
        "  Check    Check                Succeeded",
        "  Release  Approve              InProgress",
        "           waits for a person",
        "  Release  Release-shop         not begun",
        "  Release  Release-report       not begun",
        "  Release  Record               not begun",
    ]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"errorDetails": {"code": "JobFailed", "message": "Build terminated"}}, "Build terminated"),
        ({"externalExecutionSummary": "Rejected by ann: too late"}, "Rejected by ann: too late"),
        ({"errorDetails": {"code": "ConnectionPending"}}, "ConnectionPending"),
    ],
)
def test_a_failure_is_shown_with_its_reason_and_its_log(
    cloud: FakeCodePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any], why: str
) -> None:
    cloud.known.append(went("r1", "Release", "Release-shop", 6, "Failed", **failing(**told)))
    lines = shown(cloud, tmp_path, monkeypatch).splitlines()

    assert lines[0] == "GreenlightPipeline: run r1 failed in Release, Release-shop"
    place = lines.index("  Release  Release-shop         Failed")
    assert [line.strip() for line in lines[place + 1 : place + 3]] == [why, LOG]


def test_of_an_action_that_was_tried_again_the_newest_try_counts(cloud: FakeCodePipeline) -> None:
    cloud.known[1:] = [went("r1", "Check", "Check", 2, "Failed"), went("r1", "Check", "Check", 9, "InProgress")]

    assert standing(cloud) == "is in Check"


def test_a_run_that_recorded_nothing_says_so(
    cloud: FakeCodePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.status = "Succeeded"
    cloud.known.append(went("r1", "Release", "Record", 7, outputVariables={"RECORDED": "no"}))
    said = shown(cloud, tmp_path, monkeypatch)

    assert "run r1 succeeded" in said
    assert "what is live was not written into cdk.json" in said


@pytest.mark.parametrize("summary", ["Sell hats", "{", "[1]", '{"CommitMessage": 1}'])
def test_a_summary_of_another_form_is_shown_as_it_is(summary: str) -> None:
    assert message_of(summary) == summary


@pytest.mark.parametrize(("status", "words"), [("Succeeded", "succeeded"), ("Stopped", "Stopped")])
def test_a_run_that_ended_says_how(cloud: FakeCodePipeline, status: str, words: str) -> None:
    cloud.status = status

    assert standing(cloud) == words


def test_for_other_programs_it_is_json(
    cloud: FakeCodePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(shown(cloud, tmp_path, monkeypatch, "--json"))

    assert (told["pipeline"], told["run"]["id"]) == ("GreenlightPipeline", "r1")
    assert told["run"]["actions"][1] == {
        "stage": "Check",
        "name": "Check",
        "status": "Succeeded",
        "why": "",
        "link": "",
        "variables": {},
    }


def test_before_the_first_run_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(FakeCodePipeline(), tmp_path, monkeypatch) == "GreenlightPipeline has had no run yet\n"


def test_without_a_pipeline_what_to_do_is_said() -> None:
    with pytest.raises(NotDeployedError, match=r"the pipeline P does not exist here: set what it needs .*`npx cdk"):
        deployed(FakeCodePipeline(is_there=False)).newest()


def test_of_many_actions_the_newest_run_is_found_also_where_an_older_one_fills_the_first_page(
    cloud: FakeCodePipeline,
) -> None:
    cloud.known += [went("r2", "Source", "Source", 3)]
    cloud.known += [went("r1", "Release", f"Release-{number}", 4) for number in range(PAGE)]
    run = deployed(cloud).newest()

    assert run
    assert run.id == "r2"


def test_every_action_of_a_run_is_shown_however_often_it_was_tried(cloud: FakeCodePipeline) -> None:
    cloud.known += [went("r1", "Release", "Release-shop", 4, "Failed") for _ in range(PAGE)]

    run = deployed(cloud).newest()

    assert run
    assert {each.name: each.status for each in run.actions}["Check"] == "Succeeded"


def test_for_the_newest_run_only_as_many_pages_are_asked_for_as_it_takes(cloud: FakeCodePipeline) -> None:
    cloud.known = [went("r0", "Source", "Source", 0) for _ in range(5 * PAGE)] + cloud.known
    deployed(cloud).newest()

    assert cloud.pages == 2, "one for the newest run, one for its actions"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("PENDING", "is PENDING, not AVAILABLE: every run of the pipeline fails in Source; somebody who may install"),
        ("ERROR", "is ERROR, not AVAILABLE: every run of the pipeline fails in Source; AWS tries again by itself"),
        (
            ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no"}}, "GetConnection"),
            "does not exist: every run of the pipeline fails in Source; make one, set pipeline_connection_arn",
        ),
        (
            ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetConnection"),
            "stands was not found out: AWS denied what GetConnection needs",
        ),
    ],
)
def test_a_run_that_failed_in_its_source_says_what_is_wrong_with_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str | ClientError, words: str
) -> None:
    cloud = FakeCodePipeline([went("r1", "Source", "Source", 1, "Failed")], connection=status)
    last = shown(cloud, tmp_path, monkeypatch).splitlines()[-1]

    assert CONNECTION in last
    assert words in last


def test_a_run_that_failed_elsewhere_says_nothing_of_the_connection(
    cloud: FakeCodePipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.connection = "PENDING"
    cloud.known.append(went("r1", "Release", "Release-shop", 6, "Failed"))

    assert CONNECTION not in shown(cloud, tmp_path, monkeypatch)
