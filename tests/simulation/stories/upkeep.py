"""Stories of people who look after an installed Greenlight: drift, repairs, aborts, containers that are not what they
should be, a deletion that does not wait.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from tests.simulation.cloudformation.deployments import RELEASE, Declared
from tests.simulation.installation import TIMEOUT_SECONDS, Installation
from tests.simulation.people import Operator
from tests.simulation.stories.repertoire import (
    BLUE,
    GREEN,
    NOTHING,
    UNTIL_NOTICED_SECONDS,
    is_live,
    when_green_has_traffic,
)
from tests.simulation.stories.scenario import Story
from tests.simulation.stories.strikes import away, quietly, stop
from tests.simulation.stories.troubles import drifted

AWAY_SECONDS, HELP_SECONDS = 300.0, 60.0
"""How long the journal is away, and until when users must be back on the old version all the same."""

LOOKS, BETWEEN_LOOKS_SECONDS = 60, 1.0
"""Looks for drift, so many and so close that one falls into every step of a release."""


def drift(greenlight: Installation) -> None:
    """Somebody changes the rule, and the scheduled look comes three times."""
    greenlight.is_live(BLUE)
    greenlight.site.write_rule(50, 50)
    _look_for_drift(greenlight, 3, 300.0)


def no_drift(greenlight: Installation) -> None:
    """A release while drift is looked for all the time: nobody is to be woken."""
    greenlight.is_live(BLUE)
    greenlight.deploy(GREEN)
    _look_for_drift(greenlight, LOOKS, BETWEEN_LOOKS_SECONDS)


def no_drift_after(greenlight: Installation) -> None:
    """The same, and the release is taken back."""
    no_drift(greenlight)
    when_green_has_traffic(greenlight, lambda: greenlight.site.change("green", fails=1.0))


def _look_for_drift(greenlight: Installation, looks: int, pause_seconds: float) -> None:
    for number in range(looks):
        greenlight.cloud.kernel.at(number * pause_seconds, lambda: greenlight.cloud.invoke_async("Drift", {}))


def repair_in_vain(greenlight: Installation) -> None:
    """A repair of a rule whose live color is dead: the users stay where they are."""
    greenlight.is_live(BLUE)
    greenlight.site.write_rule(0, 100)
    greenlight.site.change("blue", up=False)
    greenlight.cloud.kernel.sleep(UNTIL_NOTICED_SECONDS)
    _repair(greenlight)


def repair_all(edit: Callable[[Operator], None]) -> Callable[[Installation], None]:
    """A repair of everything that somebody has changed about the rule."""

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        greenlight.cloud.kernel.at(0.0, lambda: edit(Operator(greenlight.site)))
        greenlight.cloud.kernel.at(1.0, lambda: _repair(greenlight))

    return play


def _repair(greenlight: Installation) -> None:
    event = {"RequestType": "Repair", "RequestId": "repair-1", "Service": "shop", "Reason": "drift"}
    greenlight.cloud.invoke_async("Request", event)


def repair_meanwhile(greenlight: Installation) -> None:
    """Somebody asks for a repair while a release runs: it is refused."""
    greenlight.is_live(BLUE)
    greenlight.deploy(GREEN)
    greenlight.cloud.kernel.at(25.0, lambda: _repair(greenlight))


def two_at_a_dead_lock(greenlight: Installation) -> None:
    """A release and a repair find the lock of a switch that died long ago, at the same moment."""
    greenlight.is_live(BLUE)
    greenlight.tamper("lock#shop", {"owner": "gone", "epoch": 7, "reason": "old", "since": 0, "deadline": 1})
    greenlight.deploy(GREEN)
    _repair(greenlight)


def comes_late_unseen(greenlight: Installation) -> None:
    """The update's event arrives after its rollback, and DescribeStacks shows the update again."""
    greenlight.is_live(BLUE)
    kernel, stacks = greenlight.cloud.kernel, greenlight.stacks
    stacks.mailbox.deliveries.numbered[1] = (8.0,)
    greenlight.deploy(GREEN)

    def show_late() -> None:
        stacks.stale_seconds = 6.0

    kernel.at(3.0, lambda: quietly(lambda: stacks.cancel(RELEASE)))
    kernel.at(5.0, show_late)


def skipped_rollback(greenlight: Installation) -> None:
    """The execution is stopped in its bake, Settle hears of it hours later, the rollback's event is lost, and the
    operator has CloudFormation skip it. The next release finds the traffic where the dead one left it.
    """
    greenlight.is_live(BLUE)
    greenlight.executions.events.usual = (7200.0,)
    greenlight.stacks.mailbox.deliveries.numbered[2] = ()
    kernel = greenlight.cloud.kernel

    def play() -> None:
        deployed = greenlight.deploy(GREEN)
        kernel.sleep(30.0)
        stop(greenlight)
        kernel.wait(deployed)
        _continue(greenlight, skip=["ShopRequest"])
        kernel.sleep(30.0)
        kernel.wait(greenlight.deploy(Declared("shop", "v1", "v3", "green", attempt=2)))

    kernel.spawn("an operator", play)


def continued_rollback(greenlight: Installation) -> None:
    """A release is cancelled, the load balancer's API is away until CloudFormation gives up the rollback as well, and
    the operator has CloudFormation continue it.
    """
    greenlight.is_live(BLUE)
    kernel = greenlight.cloud.kernel

    def play() -> None:
        deployed = greenlight.deploy(GREEN)
        kernel.sleep(30.0)
        quietly(lambda: greenlight.stacks.cancel(RELEASE))
        away("elbv2", TIMEOUT_SECONDS + 300.0)(greenlight)
        kernel.wait(deployed)
        _continue(greenlight)

    kernel.spawn("an operator", play)


def _continue(greenlight: Installation, skip: Sequence[str] = ()) -> None:
    """Have CloudFormation continue a rollback that failed, as often as it takes."""
    stack = greenlight.stacks.all[RELEASE]
    while stack.status == "UPDATE_ROLLBACK_FAILED":
        greenlight.cloud.kernel.wait(greenlight.stacks.continue_rollback(RELEASE, skip))


def first_errors(greenlight: Installation) -> None:
    """The very first deployment, of a version that fails every request as soon as it has users."""
    greenlight.deploy(NOTHING)

    def watch(call: str, _parameters: object) -> None:
        if call == "elbv2.CreateRule":
            greenlight.site.change("blue", fails=1.0)

    greenlight.cloud.after_event.append(watch)


def no_journal(greenlight: Installation) -> None:
    """The new version fails, and the journal is away for minutes at that very moment."""
    greenlight.is_live(BLUE)
    greenlight.deploy(GREEN)

    def ruin() -> None:
        greenlight.site.change("green", fails=1.0)
        greenlight.cloud.kernel.at(2.0, lambda: away("dynamodb", AWAY_SECONDS)(greenlight))

    when_green_has_traffic(greenlight, ruin)


def stale_container(greenlight: Installation) -> None:
    """The idle color answers, and it still runs the version from before."""
    greenlight.is_live(BLUE)
    greenlight.deploy(GREEN)
    greenlight.site.change("green", version="v0")


def aborted(greenlight: Installation) -> None:
    """The operator aborts a good release while it is watched."""
    greenlight.is_live(BLUE)
    greenlight.deploy(GREEN)

    def abort() -> None:
        if running := greenlight.executions.running():
            Operator(greenlight.site).abort(running[-1])

    def later() -> None:
        greenlight.cloud.kernel.at(4.0, abort)

    when_green_has_traffic(greenlight, later)


def broken_off(greenlight: Installation) -> None:
    """The very first deployment is deleted while its version is watched."""
    greenlight.deploy(NOTHING)
    greenlight.cloud.kernel.at(30.0, lambda: quietly(lambda: greenlight.stacks.delete(RELEASE)))


def _helped(greenlight: Installation) -> str:
    trace = greenlight.cloud.kernel.trace
    writes = [time for time, _, call, said in trace if call == "elbv2.ModifyRule" and isinstance(said[-1], dict)]
    bad = writes[1] - writes[0] if len(writes) > 1 else math.inf
    return "" if bad < HELP_SECONDS else f"users were on a version that fails for {bad:.0f} s"


def _paged_once(greenlight: Installation) -> str:
    told = [page for page in greenlight.cloud.pages if "drifted" in page.subject]
    return "" if len(told) == 1 else f"wanted one page of the drift, got {len(told)}"


def _nobody_paged(greenlight: Installation) -> str:
    return f"wanted no page, got {greenlight.cloud.pages[0].subject}" if greenlight.cloud.pages else ""


def _beside(operator: Operator) -> None:
    operator.set_weights(100, 0, {operator.other_group(): 10})


def _untouched(greenlight: Installation) -> str:
    weights = greenlight.site.rule_weights()
    return "" if weights == {"blue": 0, "green": 100} else f"wanted the rule untouched, got {weights}"


def _as_set(greenlight: Installation) -> str:
    rule, site = greenlight.site.rule(), greenlight.site
    paths = [value for one in (rule or {}).get("Conditions", []) for value in one["PathPatternConfig"]["Values"]]
    if rule is None or paths != list(site.paths):
        return f"wanted a rule of priority {site.priority} for {', '.join(site.paths)}, got {rule}"
    return is_live("blue", "v1", "REPAIRED")(greenlight)


def _nothing_live(greenlight: Installation) -> str:
    left = greenlight.cloud.live("shop") or greenlight.site.rule()
    return f"wanted nothing live and no rule, got {left}" if left else ""


def _removed(greenlight: Installation) -> str:
    status, rule = greenlight.stacks.all[RELEASE].status, greenlight.site.rule()
    return "" if status == "DELETE_COMPLETE" and rule is None else f"wanted no stack and no rule, got {status}, {rule}"


UNTOUCHED = is_live("blue", "v1", "UNCHANGED")
"""A release was refused, and nothing else happened."""

UPKEEP = (
    Story("drift", drift, _paged_once, pages=True),
    Story("no-drift", no_drift, _nobody_paged),
    Story("no-drift-after", no_drift_after, _nobody_paged),
    Story("repair-in-vain", repair_in_vain, _untouched, pages=True),
    Story("repair-paths", repair_all(lambda operator: operator.set_paths("/elsewhere")), _as_set, pages=True),
    Story("repair-priority", repair_all(lambda operator: operator.set_priority(7)), _as_set, pages=True),
    Story("repair-meanwhile", repair_meanwhile, is_live("green", "v2", "DONE")),
    Story("two-at-a-dead-lock", two_at_a_dead_lock, leaves_lock=True, pages=True),
    Story("comes-late-unseen", comes_late_unseen, is_live("blue", "v1"), rare=True),
    Story("skipped-rollback", skipped_rollback, is_live("green", "v3", "DONE")),
    Story("continued-rollback", continued_rollback, is_live("blue", "v1", "ROLLED_BACK")),
    Story("first-errors", first_errors, _nothing_live),
    Story("no-journal", no_journal, _helped, pages=True),
    Story("third-group-beside", drifted(_beside), UNTOUCHED, services=2),
    Story("moved-down", drifted(lambda operator: operator.set_priority(500)), UNTOUCHED),
    Story("more-paths", drifted(lambda operator: operator.set_paths("/shop/*", "/more/*")), UNTOUCHED),
    Story("stale-container", stale_container, UNTOUCHED),
    Story("aborted", aborted, is_live("blue", "v1", "ROLLED_BACK")),
    Story("broken-off", broken_off, _removed),
)
