"""The one way to write the rule, against the simulated load balancer and journal: what a story hardly ever shows."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from traffic_switch.aws_world import AwsWorld
from traffic_switch.model import Hold, Weights
from traffic_switch.rule_writing import Fate, write

from tests.simulation.cloud import Cloud
from tests.simulation.faults import Fault, Kind
from tests.simulation.installation import BRIEF, Installation
from tests.simulation.line import Caller
from tests.simulation.machine import Machine
from tests.simulation.site import environment

BLUE, GREEN = Weights(100, 0), Weights(0, 100)
LOCK = {"owner": "s1", "epoch": 1, "reason": "release green", "since": 0, "deadline": 10**12}


@pytest.fixture
def greenlight() -> Installation:
    """All traffic is on blue, and the switch s1 holds the lock."""
    made = Installation(Cloud())
    made.site.write_rule(100, 0)
    made.tamper("lock#shop", LOCK)
    made.cloud.kernel.sleep(5.0)
    return made


def written(greenlight: Installation, wanted: Weights, before: Weights) -> Fate:
    """Write the rule as Shift does."""
    cloud = greenlight.cloud
    around = Machine(cloud, Caller("Shift", None, exposed=True), environment(greenlight.sites, asdict(BRIEF)), 0.0)
    world, hold = AwsWorld(around), Hold("s1", "shop", 1)
    process = cloud.kernel.spawn("Shift#1", lambda: write(world, world.services["shop"], hold, wanted, before))
    assert cloud.kernel.wait(process)
    fate: Fate = process.result
    return fate


def writes(greenlight: Installation) -> int:
    """How many writes of the rule have arrived."""
    return sum(call == "elbv2.ModifyRule" for _, _, call, _ in greenlight.cloud.kernel.trace)


def test_a_write_that_is_read_back_under_the_own_lock_is_good(greenlight: Installation) -> None:
    assert written(greenlight, GREEN, BLUE) is Fate.OK
    assert greenlight.site.rule_weights() == {"blue": 0, "green": 100}


def test_a_write_whose_lock_is_lost_meanwhile_is_not_called_good(greenlight: Installation) -> None:
    cloud = greenlight.cloud
    cloud.after_event.append(lambda call, _: greenlight.tamper("lock#shop", {**LOCK, "epoch": 2}))

    assert written(greenlight, GREEN, BLUE) is Fate.LOST


def test_a_rule_that_reads_as_wanted_is_written_all_the_same(greenlight: Installation) -> None:
    assert written(greenlight, BLUE, BLUE) is Fate.OK
    assert writes(greenlight) == 1


def test_a_write_that_nobody_acknowledged_is_tried_once_more_and_stays_unsure(greenlight: Installation) -> None:
    greenlight.cloud.faults.addressed["Shift", "elbv2.ModifyRule", 1] = Fault(Kind.LOST_REPLY)

    assert written(greenlight, GREEN, BLUE) is Fate.UNSURE
    assert writes(greenlight) == 2
