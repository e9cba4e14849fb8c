"""The project's own pipeline, as it is synthesized, runs in the local cloud, and what goes wrong with it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from greenlight.delivery.deployed_pipeline import DeployedPipeline
from tests.rehearsal.builds import phases, project
from tests.rehearsal.delivery_lab import CONNECTION, NAME, REPOSITORY, Delivery, delivery
from tests.rehearsal.local_cloud import eventually
from tests.rehearsal.pipelines import PATIENCE_SECONDS, approving, source

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivery]:
    with delivery(tmp_path_factory) as lab:
        yield lab


def test_a_commit_goes_from_its_checks_to_its_record(lab: Delivery) -> None:
    first = lab.first(NAME)

    assert lab.approved(first) == "Succeeded"
    asked = "release 2.0.0 --service shop --yes --if-needed --expect-live 1.0.0 --expect-image sha256:1"
    assert f"greenlight {asked} --allow-security-changes" in lab.log(f"{NAME}-Release")
    assert "make check\nmake audit\nmake test" in lab.log(f"{NAME}-Check")
    said = {name: each["output"]["outputVariables"] for name, each in lab.runs(NAME, first).items()}
    assert said["shop"] == {"VERSION": "2.0.0", "DIGEST": "sha256:1234"}
    assert said["Record"] == {"RECORDED": "yes"}


def test_the_record_is_pushed_and_starts_no_execution(lab: Delivery) -> None:
    assert lab.recorded() == '{"live": "2.0.0"}'
    assert not eventually(lambda: len(lab.executions(NAME)) > 1, 1.0)


def test_people_are_told_what_is_asked_and_what_was_done(lab: Delivery) -> None:
    told = _told(lab)

    assert any("shop 2.0.0 to green, live is 1.0.0" in each for each in told)
    assert not lab.cloud.control("silences")["lost"]


def test_of_two_pushes_the_second_is_planned_on_what_the_first_has_released(lab: Delivery) -> None:
    before = len(list(_released(lab)))
    second = lab.deliver("2.1.0")
    third = lab.deliver("2.2.0")
    token = lab.token(NAME)
    assert eventually(lambda: lab.runs(NAME, third).get("shop", {}).get("status") == "Succeeded", PATIENCE_SECONDS)
    lab.approve(token=token)
    asked = eventually(
        lambda: new if (new := lab.latest(NAME, "Approve").get("token")) not in (None, token) else "",
        PATIENCE_SECONDS,
    )
    lab.approve(token=asked)

    assert [lab.ended(NAME, each) for each in (second, third)] == ["Succeeded", "Succeeded"]
    planned = lab.runs(NAME, third)["Plan-shop"]["startTime"]
    assert planned >= lab.runs(NAME, second)["Record"]["lastUpdateTime"]
    assert list(_released(lab))[before:] == ["2.1.0", "2.2.0"]
    assert lab.recorded() == '{"live": "2.2.0"}'


def test_a_release_whose_build_is_killed_fails_its_run_and_records_nothing(lab: Delivery) -> None:
    number = len(list(_released(lab))) + 1
    execution = lab.deliver("2.3.0", slow="the release takes ten minutes")
    lab.approve()
    assert eventually(lambda: "greenlight record" in lab.log(f"{NAME}-Release", number))
    lab.cloud.client("codebuild").stop_build(id=lab.latest(NAME, "Release-shop")["externalExecutionId"])

    assert lab.ended(NAME, execution) == "Failed"
    assert lab.failed(execution) == ["Release-shop"]
    assert "Record" not in lab.runs(NAME, execution)
    assert lab.recorded() == '{"live": "2.2.0"}'


def test_behind_a_connection_that_nobody_confirmed_nothing_is_built_or_recorded_and_people_read_what_to_do(
    lab: Delivery,
) -> None:
    recorded, pipeline = lab.recorded(), DeployedPipeline(NAME, lab.cloud.client)
    lab.cloud.control("connections", {"arn": CONNECTION, "status": "PENDING"})
    execution = lab.deliver("2.4.0")

    assert lab.ended(NAME, execution) == "Failed"
    assert list(lab.runs(NAME, execution)) == ["Source"]
    assert lab.recorded() == recorded
    assert f"the connection {CONNECTION} is PENDING, not AVAILABLE" in pipeline.hint(pipeline.newest())
    assert any("Its status is PENDING" in each for each in _told(lab))

    lab.cloud.control("connections", {"arn": CONNECTION, "status": "AVAILABLE"})
    lab.client.retry_stage_execution(
        pipelineName=NAME, stageName="Source", pipelineExecutionId=execution, retryMode="FAILED_ACTIONS"
    )

    assert eventually(lambda: lab.runs(NAME, execution)["Source"]["status"] == "Succeeded", PATIENCE_SECONDS)
    lab.client.stop_pipeline_execution(pipelineName=NAME, pipelineExecutionId=execution, abandon=True)
    assert lab.ended(NAME, execution) == "Stopped"


def test_another_project_does_not_get_the_role_of_a_build(lab: Delivery) -> None:
    (role,) = (each["Arn"] for each in _roles(lab) if "DeliveryReleaseRole" in each["RoleName"])
    stranger = project(lab.cloud, "stranger", phases(build=["true"]), role=role)

    began = stranger.build()["phases"][0]

    assert (began["phaseType"], began["phaseStatus"]) == ("PROVISIONING", "FAILED")
    assert "not authorized" in str(began["contexts"])


def test_another_pipeline_does_not_get_the_pipelines_role(lab: Delivery) -> None:
    (role,) = (each["Arn"] for each in _roles(lab) if f"{NAME}-DeliveryRole" in each["RoleName"])

    assert lab.deploy("another", [source(REPOSITORY)], [approving()], RoleArn=role) == "ROLLBACK_COMPLETE"
    assert "not authorized to perform AssumeRole" in lab.why("another")


def test_another_rule_tells_nobody_in_the_pipelines_name(lab: Delivery) -> None:
    events, sns = lab.cloud.client("events"), lab.cloud.client("sns")
    (topic,) = (each["TopicArn"] for each in sns.list_topics()["Topics"] if NAME in each["TopicArn"])
    events.put_rule(Name="stranger", EventPattern=json.dumps({"source": ["elsewhere"]}))
    events.put_targets(Rule="stranger", Targets=[{"Id": "1", "Arn": topic, "Input": '"all is well"'}])
    events.put_events(Entries=[{"Source": "elsewhere", "DetailType": "any", "Detail": "{}"}])

    assert not eventually(lambda: [each for each in _told(lab) if "all is well" in each], 2.0)


def _roles(lab: Delivery) -> list[Mapping[str, Any]]:
    return list(lab.cloud.client("iam").list_roles()["Roles"])


def _told(lab: Delivery) -> list[str]:
    return [each["message"] for each in lab.cloud.control("messages")]


def test_without_its_bucket_a_run_fails_in_its_source_and_says_why(lab: Delivery) -> None:
    s3 = lab.cloud.client("s3")
    (bucket,) = [each["Name"] for each in s3.list_buckets()["Buckets"] if "artifacts" in each["Name"]]
    for each in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        s3.delete_object(Bucket=bucket, Key=each["Key"])
    s3.delete_bucket(Bucket=bucket)
    execution = lab.client.start_pipeline_execution(name=NAME)["pipelineExecutionId"]

    assert lab.ended(NAME, execution) == "Failed"
    assert "NoSuchBucket" in lab.latest(NAME, "Source")["errorDetails"]["message"]


def _released(lab: Delivery) -> Iterator[str]:
    """The versions that builds have asked `greenlight release` for, in their order."""
    number = 1
    while said := lab.log(f"{NAME}-Release", number):
        yield from (line.split()[2] for line in said.splitlines() if line.startswith("greenlight release "))
        number += 1
