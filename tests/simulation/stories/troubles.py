"""Stories that begin in trouble: late and doubled events, a journal that was damaged, CloudFormation giving up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from traffic_switch.contract import JOURNAL_KEY

from tests.simulation.cloudformation.deployments import RELEASE, Declared
from tests.simulation.errors import AwsError
from tests.simulation.faults import Outage
from tests.simulation.installation import TIMEOUT_SECONDS, Installation
from tests.simulation.people import Operator
from tests.simulation.stories.repertoire import (
    BLUE,
    GREEN,
    KEEP,
    UNTIL_NOTICED_SECONDS,
    is_live,
    paged,
    when_green_has_traffic,
)
from tests.simulation.stories.scenario import Story
from tests.simulation.stories.strikes import stop

HOURS_SECONDS = (7200.0, 7230.0)
NEXT = Declared("shop", "v1", "v3", "green", attempt=2)


def settled_late(greenlight: Installation) -> None:
    """The execution is stopped in its bake, and Settle hears of it two hours later, twice. Meanwhile people release
    again and again, until the lock's deadline lets them.
    """
    greenlight.is_live(BLUE)
    greenlight.executions.events.usual = HOURS_SECONDS
    when_green_has_traffic(greenlight, lambda: _stop_soon(greenlight))
    kernel = greenlight.cloud.kernel

    def play() -> None:
        kernel.wait(greenlight.deploy(GREEN))
        for attempt in range(2, 5):
            kernel.sleep(300.0)
            kernel.wait(greenlight.deploy(Declared("shop", "v1", "v3", "green", attempt=attempt)))

    kernel.spawn("an operator", play)


def _stop_soon(greenlight: Installation) -> None:
    greenlight.cloud.kernel.at(3.0, lambda: stop(greenlight))


def comes_late(greenlight: Installation) -> None:
    """The update's event arrives after the update was cancelled and rolled back."""
    greenlight.is_live(BLUE)
    greenlight.stacks.mailbox.deliveries.numbered[1] = (60.0,)
    greenlight.deploy(GREEN)
    greenlight.cloud.kernel.at(10.0, lambda: greenlight.stacks.cancel(RELEASE))


def comes_twice(greenlight: Installation) -> None:
    """Every event of CloudFormation is delivered twice, some of them late."""
    greenlight.is_live(BLUE)
    greenlight.stacks.mailbox.deliveries.usual = (0.0, 45.0)
    when_green_has_traffic(greenlight, lambda: greenlight.site.change("green", fails=1.0))
    greenlight.deploy(GREEN)


def gives_up(greenlight: Installation) -> None:
    """The journal is away until CloudFormation has given up, also on the rollback; then somebody continues it."""
    greenlight.is_live(BLUE)
    kernel, away = greenlight.cloud.kernel, 2 * TIMEOUT_SECONDS + 300.0

    def lose() -> None:
        greenlight.cloud.faults.outages.append(Outage("dynamodb", kernel.time, kernel.time + away))

    when_green_has_traffic(greenlight, lose)

    def play() -> None:
        kernel.wait(greenlight.deploy(GREEN))
        kernel.sleep(UNTIL_NOTICED_SECONDS)
        while greenlight.stacks.all[RELEASE].status != "UPDATE_ROLLBACK_COMPLETE":
            try:
                kernel.wait(greenlight.stacks.continue_rollback(RELEASE))
            except AwsError:
                kernel.sleep(60.0)

    kernel.spawn("an operator", play)


def drifted(edit: Callable[[Operator], None]) -> Callable[[Installation], None]:
    """Somebody has changed the rule; then an unrelated deploy, and a release, which is refused."""

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        edit(Operator(greenlight.site))
        kernel = greenlight.cloud.kernel

        def deploys() -> None:
            kernel.wait(greenlight.deploy(KEEP))
            kernel.wait(greenlight.deploy(GREEN))

        kernel.spawn("an operator", deploys)

    return play


def damaged(key: str, **attributes: Any) -> Callable[[Installation], None]:
    """An item of the journal is not as it should be when a release begins."""

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        greenlight.tamper(key, attributes)
        greenlight.deploy(GREEN)

    return play


def damaged_before(greenlight: Installation) -> None:
    """Somebody damages the record of the switch while its version is being watched, and the version fails."""
    greenlight.is_live(BLUE)

    def damage() -> None:
        greenlight.site.change("green", fails=1.0)
        for item in greenlight.switches():
            greenlight.tamper(item[JOURNAL_KEY], {**item, "before": "what was before"})

    when_green_has_traffic(greenlight, damage)
    greenlight.deploy(GREEN)


def lock_deleted(greenlight: Installation) -> None:
    """Somebody deletes the lock by hand while a version is being watched."""
    greenlight.is_live(BLUE)

    def later() -> None:
        greenlight.cloud.kernel.at(2.0, lambda: greenlight.tamper("lock#shop", None))

    when_green_has_traffic(greenlight, later)
    greenlight.deploy(GREEN)


def replaced_meanwhile(greenlight: Installation) -> None:
    """The old color comes to run another version while the new one is watched, and the new one fails."""
    greenlight.is_live(BLUE)

    def ruin() -> None:
        greenlight.site.change("green", fails=1.0)
        greenlight.site.change("blue", version="v7")

    when_green_has_traffic(greenlight, ruin)
    greenlight.deploy(GREEN)


def wrong_version(greenlight: Installation) -> None:
    """A container of the new color is replaced by another version while it is watched."""
    greenlight.is_live(BLUE)
    when_green_has_traffic(greenlight, lambda: greenlight.site.change("green", version="v8"))
    greenlight.deploy(GREEN)


def group_deleted(greenlight: Installation) -> None:
    """The new color's target group is gone when the release looks at it."""
    greenlight.is_live(BLUE)
    del greenlight.cloud.elbv2.groups[greenlight.site.group("green")]
    greenlight.deploy(GREEN)


def clocks(greenlight: Installation) -> None:
    """The machines' clocks are seconds apart."""
    greenlight.cloud.clock_skew = 3.0
    greenlight.is_live(BLUE)
    when_green_has_traffic(greenlight, lambda: greenlight.site.change("green", fails=1.0))
    greenlight.deploy(GREEN)


def _third(operator: Operator) -> None:
    operator.set_weights(90, 0, {operator.other_group(): 10})


TROUBLES = (
    Story("settled-late", settled_late, is_live("green", "v3", "DONE")),
    Story("comes-late", comes_late, is_live("blue", "v1", "UNCHANGED")),
    Story("comes-twice", comes_twice, is_live("blue", "v1", "ROLLED_BACK")),
    Story("gives-up", gives_up, is_live("blue", "v1"), pages=True),
    Story("drifted", drifted(lambda operator: operator.set_weights(50, 50)), is_live("blue", "v1", "UNCHANGED")),
    Story(
        "sticky",
        drifted(lambda operator: operator.set_weights(100, 0, sticky=True)),
        is_live("blue", "v1", "UNCHANGED"),
    ),
    Story(
        "redirected",
        drifted(lambda operator: operator.redirect("elsewhere.example")),
        is_live("blue", "v1", "UNCHANGED"),
    ),
    Story("third-group", drifted(_third), is_live("blue", "v1", "UNCHANGED"), services=2),
    Story("moved", drifted(lambda operator: operator.set_priority(7)), is_live("blue", "v1", "UNCHANGED")),
    Story(
        "other-paths", drifted(lambda operator: operator.set_paths("/elsewhere")), is_live("blue", "v1", "UNCHANGED")
    ),
    Story("rule-gone", drifted(lambda operator: operator.delete_rule()), is_live("blue", "v1", "UNCHANGED")),
    Story(
        "lock-without-owner",
        damaged("lock#shop", reason="?"),
        is_live("blue", "v1", "UNCHANGED"),
        leaves_lock=True,
        pages=True,
    ),
    Story(
        "old-lock",
        damaged("lock#shop", owner="gone", reason="old", since=0, deadline=1),
        is_live("green", "v2", "DONE"),
        leaves_lock=True,
    ),
    Story("damaged-live", damaged("live#shop", color="teal"), lambda _: ""),
    Story("damaged-before", damaged_before, paged, pages=True),
    Story("lock-deleted", lock_deleted, is_live("blue", "v1")),
    Story("replaced-meanwhile", replaced_meanwhile, paged, pages=True),
    Story("wrong-version", wrong_version, is_live("blue", "v1", "ROLLED_BACK")),
    Story("group-deleted", group_deleted, is_live("blue", "v1", "UNCHANGED")),
    Story("clocks", clocks, is_live("blue", "v1", "ROLLED_BACK")),
)
