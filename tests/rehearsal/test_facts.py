"""Infrastructure changes after a release that nobody wrote down, and the facts written down afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console
from traffic_switch.contract import Color
from traffic_switch.model import Weights

from greenlight.rehearsal.acts.flags import RELEASE
from greenlight.rehearsal.acts.performance import Performance, Step
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.stage import Stage
from greenlight.rehearsal.traffic.process import Traffic, TrafficOrder
from greenlight.rehearsal.traffic.record import RequestRecord
from greenlight.rehearsal.versions import Cast
from tests.rehearsal.two_stages import STAGES

pytestmark = [pytest.mark.rehearsal, pytest.mark.long, pytest.mark.timeout(600)]

TAGS = {"team": "shop"}


@dataclass(frozen=True)
class Played:
    """What the one run of this module saw. `files` are cdk.json's texts: as deployed with, then after each record."""

    steps: Mapping[str, Step]
    records: Sequence[RequestRecord]
    files: Sequence[str]
    topic_tags: Mapping[str, str]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    order = Order(
        compute="fargate",
        acts=[],
        cast=Cast("1.0.0", "2.0.0"),
        load=Load(100, 20),
        place=Place(tmp_path_factory.mktemp("rehearsal")),
        config=ConfigFile(Path("stages.json"), {"stages": STAGES}),
        more_flags={"release": RELEASE},
    )
    with Progress(Console(quiet=True)) as progress, opened(order, progress) as stage:
        performance = Performance(stage, lambda: None)
        performance.deploy("release")
        change_infrastructure(stage)
        records = under_load(performance, order.load)
        files = [text(stage)]
        for step in ("record", "record-again"):
            performance.greenlight(step, "record")
            files.append(text(stage))
        performance.greenlight("deploy-again", "deploy", "--yes")
        performance.greenlight("first", "deploy", "--stage", "staging", "--yes", "--allow-security-changes")
        yield Played(performance.steps, records, files, topic_tags())


def change_infrastructure(stage: Stage) -> None:
    """Edit cdk.json, which still has both versions of before the release, and the color that was live then."""
    file = stage.place.project.folder / "cdk.json"
    body = json.loads(file.read_text())
    body["context"] |= {"tags": TAGS, "bake_seconds": 5}
    body["context"]["services"]["shop"]["active_color"] = "blue"
    file.write_text(json.dumps(body, indent=4))


def under_load(performance: Performance, load: Load) -> Sequence[RequestRecord]:
    """Type `greenlight deploy` while users go on."""
    stage, url = performance.stage, performance.lookout.outputs("Edge")["FrontDoorUrl"]
    order = TrafficOrder(url, stage.place.record("deploy"), load.rate, load.connections)
    with Traffic(order, stage.place.logs / "traffic-deploy.log", stage.processes) as traffic:
        performance.greenlight("deploy", "deploy", "--yes")
        return traffic.stop()


def text(stage: Stage) -> str:
    return (stage.place.project.folder / "cdk.json").read_text()


def topic_tags() -> Mapping[str, str]:
    """The tags of the topic that people listen to, as they are in the cloud."""
    stack = boto3.client("cloudformation").describe_stack_resources(StackName="GreenlightSwitch")["StackResources"]
    (topic,) = (each["PhysicalResourceId"] for each in stack if each["ResourceType"] == "AWS::SNS::Topic")
    tags: Any = boto3.client("sns").list_tags_for_resource(ResourceArn=topic)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}


def test_an_infrastructure_change_after_a_release_that_was_never_recorded_goes_through(played: Played) -> None:
    step = played.steps["deploy"]

    assert step.outcome.code == 0, step.outcome.output
    assert '"green_version": "1.0.0"' in played.files[0]
    assert "GreenlightSwitch: changes " in step.outcome.output
    assert played.topic_tags.items() >= TAGS.items()


def test_it_changes_no_weight_and_no_process_of_the_live_color(played: Played) -> None:
    step = played.steps["deploy"]

    assert step.before.weights == step.after.weights == Weights(0, 100)
    assert step.before.rule_arn == step.after.rule_arn
    assert step.before.processes[Color.GREEN] == step.after.processes[Color.GREEN]
    assert [switch.outcome for switch in step.after.switches[len(step.before.switches) :]] == ["UNCHANGED"]


def test_no_user_notices_it(played: Played) -> None:
    assert len(played.records) > 200
    assert {(record.status, record.color) for record in played.records} == {(200, Color.GREEN)}


def test_what_was_never_recorded_is_written_down_and_nothing_else(played: Played) -> None:
    deployed, recorded, _ = (json.loads(file) for file in played.files)

    assert played.steps["record"].outcome.code == 0, played.steps["record"].outcome.output
    shop = deployed["context"]["services"]["shop"]
    shop |= {"green_version": "2.0.0", "active_color": "green", "attempt": 1}
    assert recorded == deployed
    assert played.files[1].splitlines()[:3] == played.files[0].splitlines()[:3]


def test_a_second_record_changes_nothing(played: Played) -> None:
    assert played.steps["record-again"].outcome.output.strip().endswith("green 2.0.0 is live, and already recorded")
    assert played.files[2] == played.files[1]


def test_a_second_deploy_finds_nothing_to_do(played: Played) -> None:
    assert "nothing was deployed" in played.steps["deploy-again"].outcome.output


def test_a_stage_is_deployed_for_the_first_time_with_what_cdk_json_says(played: Played) -> None:
    step = played.steps["first"]

    assert step.outcome.code == 0, step.outcome.output
    assert "shop: nothing is live yet: blue 1.0.0 and green 1.0.0 are deployed, as cdk.json has them" in (
        step.outcome.output
    )
    assert step.outcome.output.strip().endswith("shop: blue 1.0.0 is live")
    assert step.after.live == step.before.live
