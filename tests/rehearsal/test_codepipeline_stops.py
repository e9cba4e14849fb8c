"""Executions that are stopped, retried, or refused what they ask.

Sources: CodePipeline user guide, "Stop a pipeline execution" (pipelines-stop) and "Retry a failed stage" (stage-retry);
the API reference of each call.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.local_cloud import eventually
from tests.rehearsal.pipelines import Lab, approving, building, pipelines, source

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with pipelines(tmp_path_factory) as lab:
        yield lab


def _building(lab: Lab, name: str, *commands: str) -> str:
    """Deploy a pipeline whose build runs commands, wait until it does, and return the execution."""
    lab.push(f"acme/{name}", code="1")
    lab.project(name, f"touch {lab.scratch}/{name}.begun", *commands)
    lab.project(f"{name}-after", "echo after")
    after = building("After", f"{name}-after")
    lab.deploy(name, [source(f"acme/{name}")], [building("Build", name)], [after])
    assert eventually((lab.scratch / f"{name}.begun").exists)
    return lab.first(name)


def test_to_stop_and_wait_lets_the_build_end_and_nothing_follow(lab: Lab) -> None:
    execution = _building(lab, "waiting", f"until [ -e {lab.scratch}/go ]; do sleep 0.05; done", "echo done")

    lab.client.stop_pipeline_execution(pipelineName="waiting", pipelineExecutionId=execution)
    (lab.scratch / "go").touch()

    assert lab.ended("waiting", execution) == "Stopped"
    assert lab.log("waiting") == "done"
    assert set(lab.runs("waiting")) == {"Source", "Build"}


def test_to_stop_and_abandon_ends_what_the_build_started(lab: Lab) -> None:
    mark = lab.scratch / "abandoned.child"
    execution = _building(lab, "abandoned", f"(sleep 1; touch {mark}) & wait")

    lab.client.stop_pipeline_execution(pipelineName="abandoned", pipelineExecutionId=execution, abandon=True)

    assert lab.ended("abandoned", execution) == "Stopped"
    assert lab.latest("abandoned", "Build")["status"] == "Abandoned"
    assert not eventually(mark.exists, 1.5)


def test_an_approval_can_be_abandoned_and_the_next_execution_goes_on(lab: Lab) -> None:
    lab.push("acme/next", code="1")
    lab.project("next", "true")
    lab.deploy("next", [source("acme/next")], [approving()], [building("After", "next")])
    first, token = lab.first("next"), lab.token("next")
    second = lab.client.start_pipeline_execution(name="next")["pipelineExecutionId"]

    lab.client.stop_pipeline_execution(pipelineName="next", pipelineExecutionId=first, abandon=True)
    asked = eventually(lambda: new if (new := lab.latest("next", "Approve").get("token")) not in (None, token) else "")
    lab.answer("next", token=asked)

    assert (lab.ended("next", first), lab.ended("next", second)) == ("Stopped", "Succeeded")


def test_what_stands_before_a_stage_is_shown_and_can_be_stopped(lab: Lab) -> None:
    lab.push("acme/inbound", code="1")
    lab.project("inbound", "true")
    lab.deploy("inbound", [source("acme/inbound")], [approving()], [building("After", "inbound")])
    lab.token("inbound")
    second = lab.client.start_pipeline_execution(name="inbound")["pipelineExecutionId"]

    def inbound() -> list[str]:
        stage = lab.client.get_pipeline_state(name="inbound")["stageStates"][1]
        return [each["pipelineExecutionId"] for each in stage["inboundExecutions"]]

    assert eventually(inbound) == [second]
    lab.client.stop_pipeline_execution(pipelineName="inbound", pipelineExecutionId=second)
    assert lab.ended("inbound", second) == "Stopped"
    assert inbound() == []


def test_an_execution_that_has_ended_cannot_be_stopped(lab: Lab) -> None:
    lab.project("over", "true")
    lab.deploy("over", [source("acme/over")], [building("Build", "over")])
    execution = lab.first("over")
    lab.ended("over", execution)

    with pytest.raises(lab.client.exceptions.PipelineExecutionNotStoppableException):
        lab.client.stop_pipeline_execution(pipelineName="over", pipelineExecutionId=execution)


def test_a_retry_runs_what_failed_and_goes_on_from_there(lab: Lab) -> None:
    lab.push("acme/retried", code="1")
    mark = lab.scratch / "mended"
    lab.project("retried", f"[ -e {mark} ]")
    lab.project("retried-after", "echo after")
    stages = ([source("acme/retried")], [building("Build", "retried")], [building("After", "retried-after")])
    lab.deploy("retried", *stages)
    execution = lab.first("retried")
    assert lab.ended("retried", execution) == "Failed"
    mark.touch()

    named = {"pipelineName": "retried", "stageName": "B", "pipelineExecutionId": execution}
    lab.client.retry_stage_execution(**named, retryMode="FAILED_ACTIONS")

    assert lab.ended("retried", execution) == "Succeeded"
    assert lab.log("retried-after") == "after"
    sources = [each for each in lab.executions("retried") if each["pipelineExecutionId"] == execution]
    assert len(sources) == 1


def test_an_execution_that_a_newer_one_has_followed_is_not_retried(lab: Lab) -> None:
    lab.push("acme/stale", code="1")
    lab.project("stale", "false")
    lab.deploy("stale", [source("acme/stale")], [building("Build", "stale")])
    first = lab.first("stale")
    second = lab.client.start_pipeline_execution(name="stale")["pipelineExecutionId"]
    assert (lab.ended("stale", first), lab.ended("stale", second)) == ("Failed", "Failed")

    with pytest.raises(lab.client.exceptions.NotLatestPipelineExecutionException):
        lab.client.retry_stage_execution(
            pipelineName="stale", stageName="B", pipelineExecutionId=first, retryMode="ALL_ACTIONS"
        )


def test_variables_of_the_pipeline_are_given_at_the_start(lab: Lab) -> None:
    lab.push("acme/given", code="1")
    lab.project("given", "echo $WHO")
    stages = ([source("acme/given")], [building("Build", "given", {"WHO": "#{variables.WHO}"})])
    lab.deploy("given", *stages, Variables=[{"Name": "WHO", "DefaultValue": "nobody"}])
    lab.ended("given", lab.first("given"))

    values = [{"name": "WHO", "value": "me"}]
    second = lab.client.start_pipeline_execution(name="given", variables=values)["pipelineExecutionId"]

    assert lab.ended("given", second) == "Succeeded"
    assert [lab.log("given", number) for number in (1, 2)] == ["nobody", "me"]


def test_a_variable_that_no_action_has_said_fails_the_one_that_asks(lab: Lab) -> None:
    lab.push("acme/unsaid", code="1")
    lab.project("unsaid", "true")
    asking = building("Ask", "unsaid", {"WHO": "#{Said.WHO}"}, RunOrder=2)
    saying = building("Say", "unsaid", Namespace="Said")
    lab.deploy("unsaid", [source("acme/unsaid")], [saying, asking])

    assert lab.ended("unsaid", lab.first("unsaid")) == "Failed"
    assert "#{Said.WHO} has no value" in lab.latest("unsaid", "Ask")["errorDetails"]["message"]
