"""A second stage in the cloud of a rehearsal: made and released there while production is under load."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from traffic_switch.contract import VERSION_HEADER

from greenlight.rehearsal.acts.flags import FIRST, RELEASE, Flags, Script
from greenlight.rehearsal.acts.performance import Performance, ours
from greenlight.rehearsal.snapshot import Snapshot
from greenlight.rehearsal.stage import CommandOutcome
from greenlight.rehearsal.traffic.process import Traffic, TrafficOrder
from greenlight.rehearsal.traffic.record import RequestRecord

STAGES: Mapping[str, Any] = {
    "staging": {
        "vpc_cidr": "10.21.0.0/16",
        "repositories": "shared",
        "services": {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}},
    }
}
RATE, CONNECTIONS = 100.0, 20


def _at_staging(flags: Flags) -> Flags:
    def staged(script: Script) -> Mapping[str, str]:
        return {**flags(script), "stage": "staging"}

    return staged


ASSEMBLIES: Mapping[str, Flags] = {"staging": _at_staging(FIRST), "staging-release": _at_staging(RELEASE)}


@dataclass(frozen=True)
class Beside:
    """What was seen of both: `records` is production's load, `tags` what marks each version in the shared repository.

    `status` and `declared` are the stage's, and so is the version that its own front door answers with.
    """

    made: CommandOutcome
    released: CommandOutcome
    records: Sequence[RequestRecord]
    before: Snapshot
    after: Snapshot
    status: Mapping[str, Any]
    answers: str
    tags: Mapping[str, set[str]]
    declared: Mapping[str, Any]


def play_beside(performance: Performance) -> Beside:
    """Deploy the stage and release on it, as an operator does, while production's users go on."""
    stage, before = performance.stage, performance.lookout.snapshot()
    url = performance.lookout.outputs("Edge")["FrontDoorUrl"]
    order = TrafficOrder(url, stage.place.record("beside"), RATE, CONNECTIONS)
    with Traffic(order, stage.place.logs / "traffic-beside.log", stage.processes) as traffic:
        made = stage.deploy("staging", lambda: None)
        assembly = str(stage.place.assembly("staging-release"))
        stage.await_assembly("staging-release")
        command = ours("release", "2.0.0", "--stage", "staging", "--yes", "--app", assembly)
        released = stage.run(command, "release-staging", lambda: None)
        records = traffic.stop()
    status = json.loads(stage.run(ours("status", "--stage", "staging", "--json"), "status", lambda: None).output)
    context = stage.place.project.context()
    return Beside(
        made=made,
        released=released,
        records=records,
        before=before,
        after=performance.lookout.snapshot(),
        status=status,
        answers=_version(status["front_door_url"]),
        tags={version: _tags(version) for version in ("1.0.0", "2.0.0")},
        declared=context["stages"]["staging"]["services"]["shop"],
    )


def _version(url: str) -> str:
    with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
        return str(answer.headers[VERSION_HEADER])


def _tags(version: str) -> set[str]:
    asked = boto3.client("ecr").describe_images(repositoryName="greenlight/shop", imageIds=[{"imageTag": version}])
    (image,) = asked["imageDetails"]
    return set(image["imageTags"]) - {version}
