"""Short acts end to end: a release, an unrelated deploy, a stopped and a forbidden way back, and staging beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console
from traffic_switch.contract import Color
from traffic_switch.image import DIGEST
from traffic_switch.model import Weights

from greenlight.rehearsal.acts.flags import RELEASE, Script, declared, first, second
from greenlight.rehearsal.acts.performance import Performance, Step
from greenlight.rehearsal.acts.repertoire import REPERTOIRE
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load, play
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.report.result import ActResult
from greenlight.rehearsal.snapshot import Snapshot
from greenlight.rehearsal.stage import Stage
from greenlight.rehearsal.versions import Cast
from tests.rehearsal.two_stages import ASSEMBLIES, STAGES, Beside, play_beside

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(600)]

ACTS = {act.name: act for act in REPERTOIRE}


def unrelated(script: Script) -> Mapping[str, str]:
    """What the release declares, and two settings that have nothing to do with traffic."""
    return {**RELEASE(script), "log_retention_days": "7", "tags": '{"team": "shop"}'}


def back(attempt: int) -> Any:
    return declared(Color.BLUE, first, second, attempt)


@dataclass(frozen=True)
class Played:
    """What the one run of this module saw, in the order in which it happened."""

    release: ActResult
    released: Snapshot
    unrelated: Step
    stopped: Step
    forbidden: Step
    beside: Beside


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    order = Order(
        compute="ec2",
        acts=[ACTS["release"]],
        cast=Cast("1.0.0", "2.0.0"),
        load=Load(200, 50),
        place=Place(tmp_path_factory.mktemp("rehearsal")),
        config=ConfigFile(Path("stages.json"), {"stages": STAGES}),
        more_flags={"unrelated": unrelated, "stopped": back(1), "forbidden": back(2), **ASSEMBLIES},
    )
    with Progress(Console(quiet=True)) as progress, opened(order, progress) as stage:
        release = play(stage, ACTS["release"], order.load)
        performance = Performance(stage, lambda: None)
        performance.deploy("unrelated")
        stage.tell("stops", {"state": "Bake", "cause": "stopped in the console"})
        performance.deploy("stopped")
        forbid(stage, "elasticloadbalancing:ModifyRule")
        performance.deploy("forbidden")
        yield Played(release, performance.before, **performance.steps, beside=play_beside(performance))


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
    assert played.unrelated.outcome.code == 0, played.unrelated.outcome.why
    assert played.unrelated.after.weights == played.released.weights == Weights(0, 100)
    assert played.unrelated.after.rule_arn == played.released.rule_arn


def test_an_unrelated_deploy_restarts_no_process(played: Played) -> None:
    assert played.released.processes[Color.GREEN]
    assert played.unrelated.after.processes == played.released.processes


def test_a_switch_that_is_stopped_in_its_bake_is_taken_back_and_answered(played: Played) -> None:
    assert played.stopped.outcome.code != 0
    printed = " ".join(played.stopped.outcome.output.split())
    assert "was ABORTED: stopped in the console. Traffic is back as it was" in printed
    assert played.stopped.after.weights == Weights(0, 100)
    assert played.stopped.after.lock_owner == ""


def test_cloudformation_gets_exactly_one_answer_to_every_request(played: Played) -> None:
    assert len(played.forbidden.after.answers) > 10
    assert set(played.forbidden.after.answers.values()) == {1}


def test_a_shift_that_iam_forbids_says_so_and_moves_nothing(played: Played) -> None:
    assert played.forbidden.outcome.code != 0
    assert "AccessDenied" in played.forbidden.outcome.output
    assert "elasticloadbalancing:ModifyRule" in played.forbidden.outcome.output
    assert played.forbidden.after.weights == played.unrelated.after.weights


def test_a_forbidden_shift_leaves_no_lock(played: Played) -> None:
    assert played.forbidden.after.lock_owner == ""


def test_logs_stay_below_the_place(played: Played) -> None:
    assert played.release.log
    assert Path(played.release.log).is_dir()


def test_a_stage_is_made_and_released_beside_production(played: Played) -> None:
    assert played.beside.made.code == 0, played.beside.made.why
    assert played.beside.released.code == 0, played.beside.released.output
    assert "shop 2.0.0 is live on green at the stage staging" in played.beside.released.output


def test_the_stages_own_front_door_answers_with_its_version(played: Played) -> None:
    (shop,) = played.beside.status["services"]

    assert (shop["live"]["color"], shop["live"]["version"]) == ("green", "2.0.0")
    assert DIGEST.fullmatch(shop["live"]["digest"])
    assert played.beside.answers == "2.0.0"


def test_no_request_of_production_fails_while_the_stage_is_made_and_released(played: Played) -> None:
    assert len(played.beside.records) > 500
    assert {(record.status, record.color) for record in played.beside.records} == {(200, Color.GREEN)}


def test_productions_rule_journal_and_processes_know_nothing_of_the_stage(played: Played) -> None:
    before, after = played.beside.before, played.beside.after

    assert (after.rule_arn, after.weights, after.live) == (before.rule_arn, before.weights, before.live)
    assert after.switches == before.switches
    assert before.processes[Color.GREEN] < after.processes[Color.GREEN]


def test_both_stages_mark_what_they_run_in_the_repository_that_they_share(played: Played) -> None:
    assert played.beside.tags["1.0.0"] == {"live-blue", "live-staging-blue"}
    assert played.beside.tags["2.0.0"] == {"live-green", "live-staging-green"}


def test_the_release_of_a_stage_is_declared_there(played: Played) -> None:
    assert (played.beside.declared["green_version"], played.beside.declared["active_color"]) == ("2.0.0", "green")
