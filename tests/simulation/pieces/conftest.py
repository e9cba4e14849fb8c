"""What the pieces of the switch are put on."""

from __future__ import annotations

import pytest

from tests.simulation.cloudformation.deployments import RELEASE as RELEASE_STACK
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.pieces.asking import enter
from tests.simulation.pieces.journal import OTHER
from tests.simulation.pieces.workbench import BLUE_BEFORE, BLUE_LIVE, RELEASE, Workbench, asked


@pytest.fixture
def bench() -> Workbench:
    return Workbench()


@pytest.fixture
def held(bench: Workbench) -> Workbench:
    """The switch s1 is recorded and holds the lock in epoch 7."""
    bench.register(asked(RELEASE), asked(OTHER))
    bench.lock(RELEASE)
    return bench


@pytest.fixture
def moved() -> Workbench:
    """The release s1 has moved all traffic from blue to green, and holds the lock."""
    bench = Workbench()
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.greenlight.site.write_rule(0, 100)
    bench.register(asked(RELEASE))
    bench.amend(RELEASE, begun=int(EPOCH), before=BLUE_BEFORE, shifted_at=int(EPOCH))
    bench.lock(RELEASE)
    bench.cloud.kernel.sleep(5.0)
    return bench


@pytest.fixture
def idle(moved: Workbench) -> Workbench:
    """The release has moved nothing yet."""
    item = {name: value for name, value in moved.record(RELEASE).items() if name != "shifted_at"}
    moved.greenlight.tamper("switch#s1", item)
    moved.greenlight.site.write_rule(100, 0)
    return moved


@pytest.fixture
def asking() -> Workbench:
    """A stack on its way forward, where blue is live."""
    bench = Workbench()
    bench.greenlight.tamper("live#shop", BLUE_LIVE)
    bench.greenlight.site.write_rule(100, 0)
    bench.greenlight.stacks.add(RELEASE_STACK)
    enter(bench, "UPDATE_IN_PROGRESS")
    return bench
