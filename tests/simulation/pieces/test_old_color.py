"""Traffic that goes back: what the color is asked that had it before, and what it must say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from traffic_switch.contract import Color
from traffic_switch.taking_back import previewed

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.faults import Fault, Kind
from tests.simulation.installation import BRIEF
from tests.simulation.pieces.rollback import calls, outcome, rolled_back
from tests.simulation.pieces.workbench import (
    BLUE_BEFORE,
    BLUE_LIVE,
    RELEASE,
    Workbench,
    asked,
    new_installation,
)

NOTHING_BEFORE: dict[str, Any] = {"weights": {}, "live": {}}


def test_an_old_color_that_recovers_while_writes_settle_gets_its_traffic_back(moved: Workbench) -> None:
    moved.greenlight.site.change("blue", up=False)
    moved.cloud.kernel.at(10.0, lambda: moved.greenlight.site.change("blue", up=True))
    rolled_back(moved, clean=False)

    assert outcome(moved)[0] == "ROLLED_BACK"
    assert len(calls(moved, "elbv2.ModifyRule")) == 1


def test_both_weights_zero_before_are_put_back_without_a_proof(moved: Workbench) -> None:
    moved.amend(RELEASE, before={"weights": {"blue": 0, "green": 0}, "live": {}})
    rolled_back(moved)

    assert moved.greenlight.site.rule_weights() == {"blue": 0, "green": 0}


def test_a_version_that_the_journal_remembers_of_another_color_is_not_demanded(moved: Workbench) -> None:
    live = {**BLUE_LIVE, "color": "green", "version": "v9"}
    moved.amend(RELEASE, before={"weights": {"blue": 100, "green": 0}, "live": live})
    rolled_back(moved)

    assert outcome(moved)[0] == "ROLLED_BACK"


def test_an_old_color_that_runs_another_version_gets_no_traffic(moved: Workbench) -> None:
    moved.greenlight.site.change("blue", version="v7")

    assert rolled_back(moved)["reason"] == "blue runs version v7, but the journal remembers v1 on it"


@pytest.mark.parametrize(("green_is_up", "ended"), [(False, "ROLLED_BACK"), (True, "HELD")])
def test_an_old_color_with_too_few_targets_gets_traffic_if_the_new_one_is_worse(green_is_up: bool, ended: str) -> None:
    moved = Workbench(new_installation(replace(BRIEF, gate_min_healthy=2)))
    moved.greenlight.site.write_rule(0, 100)
    moved.register(asked(RELEASE))
    moved.amend(RELEASE, begun=int(EPOCH), before=BLUE_BEFORE, shifted_at=int(EPOCH))
    moved.greenlight.site.change("green", up=green_is_up)
    moved.cloud.kernel.sleep(15.0)
    moved.lock(RELEASE)
    rolled_back(moved)

    assert outcome(moved)[0] == ended


def test_a_color_that_answers_a_preview_is_asked_once_and_one_that_is_silent_twice(moved: Workbench) -> None:
    rolled_back(moved)
    assert previews(moved) == 1

    silent = Workbench()
    silent.cloud.web.front_doors.clear()
    silent.run(lambda world: previewed(world, world.services["shop"], Color.BLUE), "Rollback")
    assert previews(silent) == 2


def test_a_color_whose_first_answer_is_the_load_balancers_is_asked_again_for_its_version(moved: Workbench) -> None:
    moved.greenlight.site.change("blue", version="v7")
    moved.cloud.faults.addressed["Rollback", "http.spread", 1] = Fault(Kind.FAILED)
    rolled_back(moved)

    assert previews(moved) == 2
    assert outcome(moved)[0] == "HELD"


@pytest.mark.parametrize("call", ["secretsmanager.GetSecretValue", "http.spread"])
def test_a_color_that_ran_another_version_gets_no_traffic_because_it_cannot_be_asked_again(
    moved: Workbench, call: str
) -> None:
    moved.greenlight.site.change("blue", version="v7")
    for number in (2, 3):
        moved.cloud.faults.addressed["Rollback", call, number] = Fault(Kind.DENIED if "secret" in call else Kind.FAILED)
    rolled_back(moved, clean=False)

    assert outcome(moved)[0] == "HELD"
    assert moved.greenlight.site.rule_weights() == {"blue": 0, "green": 100}


def test_a_color_that_the_load_balancer_cannot_reach_is_asked_once(moved: Workbench) -> None:
    moved.greenlight.site.change("blue", up=False)
    moved.run(lambda world: previewed(world, world.services["shop"], Color.BLUE), "Rollback")

    assert previews(moved) == 1


def previews(bench: Workbench) -> int:
    """How often a color was asked through its preview rule."""
    return bench.asked_for.count("http.spread")


def test_a_secret_that_cannot_be_read_leaves_the_health_checks_to_decide(moved: Workbench) -> None:
    moved.cloud.faults.addressed["Rollback", "secretsmanager.GetSecretValue", 1] = Fault(Kind.DENIED)
    rolled_back(moved)

    assert outcome(moved)[0] == "ROLLED_BACK"
    assert previews(moved) == 0


def test_an_old_color_that_was_proved_while_writes_settle_is_not_asked_again(moved: Workbench) -> None:
    rolled_back(moved, clean=False)

    assert previews(moved) == 1
