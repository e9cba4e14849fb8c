"""Short acts end to end: one stage, on which a release, an unrelated deploy and a forbidden shift are played."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console
from traffic_switch.contract import Color
from traffic_switch.model import Weights

from greenlight.follow import Follower
from greenlight.rehearsal.acts.repertoire import REPERTOIRE
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load, play
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.promises import Snapshot, snapshot
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.report.result import ActResult
from greenlight.rehearsal.stage import Outcome, Stage
from greenlight.rehearsal.versions import Cast

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(600)]

ACTS = {act.name: act for act in REPERTOIRE}
GREEN_LIVE = {"shop.blue_version": "1.0.0", "shop.green_version": "2.0.0", "shop.active_color": "green"}


@dataclass(frozen=True)
class Played:
    """What the one run of this module saw, in the order in which it happened."""

    release: ActResult
    released: Snapshot
    unrelated: Outcome
    after_unrelated: Snapshot
    stopped: Outcome
    after_stopped: Snapshot
    forbidden: Outcome
    after_forbidden: Snapshot


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    order = Order(
        compute="ec2",
        acts=[ACTS["release"]],
        repertoire=REPERTOIRE,
        cast=Cast("1.0.0", "2.0.0"),
        load=Load(200, 50),
        place=Place(tmp_path_factory.mktemp("rehearsal")),
        more_assemblies={"unrelated": {**GREEN_LIVE, "log_retention_days": "7", "tags": '{"team": "shop"}'}},
    )
    with Progress(Console(quiet=True)) as progress, opened(order, progress) as stage:
        release = play(stage, ACTS["release"], order.load)
        released = snapshot(stage)
        unrelated = stage.deploy("unrelated", lambda: None)
        after_unrelated = snapshot(stage)
        stopped = stage.deploy("undo", Stopper(stage).look)
        after_stopped = snapshot(stage)
        forbid(stage, "elasticloadbalancing:ModifyRule")
        forbidden = stage.deploy("undo", lambda: None)
        after_forbidden = snapshot(stage)
        yield Played(release, released, unrelated, after_unrelated, stopped, after_stopped, forbidden, after_forbidden)


class Stopper:
    """Stops the next switch in its bake, as somebody might do in the console."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._stopped = False
        self._follower = Follower(stage.deployed.journal, stage.service.name, lambda phase, said: None)

    def look(self) -> None:
        self._follower.look()
        seen = self._follower.seen
        if seen and "bake" in seen.phases and not self._stopped:
            self._stopped = True
            machine = boto3.client("cloudformation").describe_stacks(StackName="GreenlightSwitch")["Stacks"][0]
            arn = next(o["OutputValue"] for o in machine["Outputs"] if o["OutputKey"] == "StateMachineArn")
            execution = arn.replace(":stateMachine:", ":execution:") + f":{seen.switch.id}"
            boto3.client("stepfunctions").stop_execution(executionArn=execution, cause="stopped in the console")


def forbid(stage: Stage, action: str) -> None:
    """Take one action from the role that shifts traffic."""
    iam = boto3.client("iam")
    role = next(r["RoleName"] for r in iam.list_roles()["Roles"] if "SwitchShiftRole" in r["RoleName"])
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document: Any = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    for statement in document["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = [one for one in actions if one != action] or ["sts:GetCallerIdentity"]
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))


def test_a_release_under_load_bears_its_claim_out(played: Played) -> None:
    assert played.release.passed, played.release.reason


def test_no_request_fails_while_the_traffic_moves(played: Played) -> None:
    assert played.release.requests
    assert played.release.failed_requests == 0


def test_the_traffic_follows_the_rule_at_once(played: Played) -> None:
    assert played.release.shift_seconds is not None
    assert played.release.shift_seconds < 5


def test_an_unrelated_deploy_changes_no_weight(played: Played) -> None:
    assert played.unrelated.code == 0, played.unrelated.why
    assert played.after_unrelated.weights == played.released.weights == Weights(0, 100)
    assert played.after_unrelated.rule_arn == played.released.rule_arn


def test_an_unrelated_deploy_restarts_no_process(played: Played) -> None:
    assert played.released.processes[Color.GREEN]
    assert played.after_unrelated.processes == played.released.processes


def test_a_switch_that_is_stopped_in_its_bake_is_taken_back_and_answered(played: Played) -> None:
    assert played.stopped.code != 0
    assert "was ABORTED: stopped in the console. Traffic is back as it was" in " ".join(played.stopped.output.split())
    assert played.after_stopped.weights == Weights(0, 100)
    assert played.after_stopped.lock_owner == ""


def test_cloudformation_gets_exactly_one_answer_to_every_request(played: Played) -> None:
    assert len(played.after_forbidden.answers) > 10
    assert set(played.after_forbidden.answers.values()) == {1}


def test_a_shift_that_iam_forbids_says_so_and_moves_nothing(played: Played) -> None:
    assert played.forbidden.code != 0
    assert "AccessDenied" in played.forbidden.output
    assert "elasticloadbalancing:ModifyRule" in played.forbidden.output
    assert played.after_forbidden.weights == played.after_unrelated.weights


def test_a_forbidden_shift_leaves_no_lock(played: Played) -> None:
    assert played.after_forbidden.lock_owner == ""


def test_logs_stay_below_the_place(played: Played, tmp_path: Path) -> None:
    assert played.release.log
    assert Path(played.release.log).is_dir()
