"""What must hold after every act, whatever it was about: the design's invariants, checked against what really runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import boto3
from traffic_switch.contract import Color
from traffic_switch.model import Live, Weights
from traffic_switch.ports.listener_rule import ListenerRule

from greenlight.rehearsal.stage import Stage


@dataclass(frozen=True)
class Snapshot:
    """What is compared across an act. `processes` maps each color to the processes that serve it.

    `answers` maps each request that CloudFormation has ever sent to a function to the number of answers that it got.
    """

    live: Live | None
    weights: Weights | None
    rule_arn: str
    lock_owner: str
    answers: Mapping[str, int]
    processes: Mapping[Color, frozenset[int]]


def snapshot(stage: Stage) -> Snapshot:
    """Look at the rule, the journal and the processes."""
    edge, service = stage.deployed.edge, stage.service
    rule = ListenerRule(boto3.client("elbv2"), edge["ListenerArn"], service.priority).read()
    scene = stage.deployed.scene(service)
    return Snapshot(
        live=scene.live,
        weights=scene.weights,
        rule_arn=rule.arn if rule else "",
        lock_owner=stage.deployed.journal.lock_owner(service.name),
        answers={each["RequestId"]: len(each["answers"]) for each in stage.ask("custom-resources")},
        processes={color: _processes(stage, color) for color in Color},
    )


def broken(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Say which invariants an act broke."""
    if after.lock_owner:
        yield f"the lock is still held by {after.lock_owner}"
    if after.live and after.weights != after.live.weights:
        yield f"the weights are {after.weights}, but the journal remembers {after.live.weights}"
    if before.rule_arn and before.rule_arn != after.rule_arn:
        yield "the production rule was deleted and created again"
    for request, answers in after.answers.items():
        if answers != 1:
            yield f"CloudFormation got {answers} answers to its request {request}, wanted 1"
    if before.live and before.processes[before.live.color] != after.processes[before.live.color]:
        yield f"a process of {before.live.color}, which was live, was restarted"


def _processes(stage: Stage, color: Color) -> frozenset[int]:
    containers = stage.ask("containers")
    return frozenset(c["pid"] for c in containers if c["environment"] == color.value and c["state"] == "running")
