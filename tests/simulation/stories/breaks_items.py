"""Stories of a journal whose items are damaged, expired or deleted at the worst moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from traffic_switch.contract import JOURNAL_KEY

from tests.simulation.cloud import JOURNAL
from tests.simulation.cloudformation.deployments import RELEASE, Declared
from tests.simulation.faults import Fault, Kind
from tests.simulation.installation import Installation
from tests.simulation.people import Operator
from tests.simulation.stories.breaks_events import BACK, answered_within, once
from tests.simulation.stories.repertoire import BLUE, GREEN, is_live, paged, when_green_has_traffic
from tests.simulation.stories.scenario import Story
from tests.simulation.stories.strikes import away, cancel, quietly, stop

IN_ITS_BAKE_SECONDS = 2.0
FAR = 10_000_000_000
"""A lock's deadline that never comes."""
TRIES, UNPAGED_SECONDS = 9, 1500.0
NEXT_BLUE = Declared("shop", "v3", "v2", "blue", attempt=2)

Edit = Callable[[Operator], None]
Act = Callable[[Installation], None]


def repair_owes(edit: Edit) -> Act:
    """A repair dies whenever it has written the rule, and nobody can be paged, so that it never ends. A later release
    takes its lock.
    """

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        edit(Operator(greenlight.site))
        faults, kernel = greenlight.cloud.faults, greenlight.cloud.kernel
        for number in range(1, TRIES):
            faults.addressed["Repair", "elbv2.SetRulePriorities", number] = Fault(Kind.KILLED_AFTER)
        away("sns", UNPAGED_SECONDS)(greenlight)
        event = {"RequestType": "Repair", "RequestId": "repair-1", "Service": "shop", "Reason": "drift"}
        greenlight.cloud.invoke_async("Request", event)
        kernel.at(UNPAGED_SECONDS - 500.0, lambda: greenlight.deploy(GREEN))

    return play


def damaged_in_bake(damage: Act, fails: bool = False) -> Act:
    """Somebody damages the journal while a version is watched; the version fails, or the update is cancelled."""

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)

        def ruin() -> None:
            damage(greenlight)
            if fails:
                greenlight.site.change("green", fails=1.0)
            else:
                cancel(greenlight)

        def soon() -> None:
            greenlight.cloud.kernel.at(IN_ITS_BAKE_SECONDS, ruin)

        when_green_has_traffic(greenlight, soon)
        greenlight.deploy(GREEN)

    return play


def every_switch(**attributes: Any) -> Act:
    """Attributes of every switch's record are something else."""

    def damage(greenlight: Installation) -> None:
        for item in greenlight.switches():
            greenlight.tamper(item[JOURNAL_KEY], {**item, **attributes})

    return damage


def every_request(text: str) -> Act:
    """What every answer needs is something else."""

    def damage(greenlight: Installation) -> None:
        for item in greenlight.switches():
            key = item[JOURNAL_KEY].replace("switch#", "request#")
            greenlight.tamper(key, {"request": text})

    return damage


def half_before(greenlight: Installation) -> None:
    """The records say that something was live, and that there was no rule."""
    live = next(item["before"]["live"] for item in greenlight.switches())
    every_switch(before={"weights": {}, "live": live})(greenlight)


def damaged_live(greenlight: Installation) -> None:
    """What is live cannot be read."""
    greenlight.tamper("live#shop", {"color": "teal"})


def damaged_lock(greenlight: Installation) -> None:
    """The lock's epoch is no number."""
    greenlight.tamper("lock#shop", {**(greenlight.cloud.lock("shop") or {}), "epoch": "one"})


def damaged_newest(greenlight: Installation) -> None:
    """What is remembered of every resource's requests is no id and no list."""
    for key, _ in list(greenlight.cloud.dynamodb.table(JOURNAL).scan()):
        if key.startswith("newest#"):
            greenlight.tamper(key, {"switch_id": 7, "reversed": "?"})


def expired(greenlight: Installation) -> None:
    """400 days have gone by: the records of all switches are gone."""
    for item in greenlight.switches():
        greenlight.tamper(item[JOURNAL_KEY], None)


def after(harm: Act, deletes: bool = False) -> Act:
    """A good release, then something happens to the journal, then another release or the deletion of the stack."""

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        kernel = greenlight.cloud.kernel

        def goes_on() -> None:
            kernel.wait(greenlight.deploy(GREEN))
            harm(greenlight)
            if deletes:
                quietly(lambda: greenlight.stacks.delete(RELEASE))
            else:
                greenlight.deploy(NEXT_BLUE)

        kernel.spawn("an operator", goes_on)

    return play


def found_lock(**lock: Any) -> Act:
    """A release finds a lock that somebody has damaged."""

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        greenlight.tamper("lock#shop", lock)
        greenlight.deploy(GREEN)

    return play


def lock_lost_in_shift(greenlight: Installation) -> None:
    """While Shift waits at a rule that somebody has changed, the lock is deleted by hand and the execution stopped, so
    that the same switch takes the lock again. Then the change is taken back, and Shift goes on.
    """
    greenlight.is_live(BLUE)
    kernel, operator = greenlight.cloud.kernel, Operator(greenlight.site)

    def ruin() -> None:
        kernel.at(0.0, lambda: operator.set_weights(50, 50))
        kernel.at(0.3, lambda: greenlight.tamper("lock#shop", None))
        kernel.at(0.5, lambda: stop(greenlight))
        kernel.at(26.0, lambda: operator.set_weights(100, 0))

    once(greenlight, "Shift", "elbv2.DescribeRules", ruin)
    greenlight.deploy(GREEN)


def _gone(greenlight: Installation) -> str:
    left = greenlight.site.rule() or greenlight.cloud.live("shop")
    return f"wanted no rule and nothing live, got {left}" if left else ""


def _held_on_green(greenlight: Installation) -> str:
    weights = greenlight.site.rule_weights()
    return paged(greenlight) if weights == {"blue": 0, "green": 100} else f"wanted the rule held, got {weights}"


def _says_damaged(greenlight: Installation) -> str:
    said = [str(given["Reason"]) for request in greenlight.stacks.requests for _, given in request.answers]
    return "" if any("damaged" in one for one in said) else f"wanted to hear of a damaged item, got {said}"


NEXT_IS_LIVE, RELEASED = is_live("blue", "v3", "DONE"), is_live("green", "v2", "DONE")


def _redirect(operator: Operator) -> None:
    operator.redirect("elsewhere.example")


def _half(operator: Operator) -> None:
    operator.set_weights(50, 50)


ITEMS = (
    Story("repair-owes", repair_owes(_redirect), RELEASED, rare=True),
    Story("repair-owes-half", repair_owes(_half), RELEASED, rare=True),
    Story("half-before", damaged_in_bake(half_before, fails=True), _held_on_green, pages=True, rare=True),
    Story("damaged-request", damaged_in_bake(every_request('{"ResponseURL": 1}')), BACK, rare=True),
    Story("damaged-live-cancelled", damaged_in_bake(damaged_live), BACK, rare=True),
    Story("damaged-properties", damaged_in_bake(every_switch(properties="?")), BACK, rare=True),
    Story("damaged-epoch", damaged_in_bake(damaged_lock, fails=True), answered_within(100.0, BACK), rare=True),
    Story("damaged-newest", after(damaged_newest), NEXT_IS_LIVE, rare=True),
    Story("damaged-newest-deleted", after(damaged_newest, deletes=True), _gone, rare=True),
    Story("damaged-newest-cancelled", damaged_in_bake(damaged_newest), is_live("blue", "v1"), rare=True),
    Story("expired", after(expired), NEXT_IS_LIVE, rare=True),
    Story("expired-deleted", after(expired, deletes=True), _gone, rare=True),
    Story("odd-owner", found_lock(owner=7, epoch=3, deadline=1), RELEASED, rare=True),
    Story("odd-epoch", found_lock(owner="gone", epoch="x", deadline=1), RELEASED, rare=True),
    Story(
        "odd-epoch-for-ever",
        found_lock(owner="gone", epoch="x", deadline=FAR),
        _says_damaged,
        leaves_lock=True,
        rare=True,
    ),
    Story("lock-lost-in-shift", lock_lost_in_shift, BACK, rare=True),
)
