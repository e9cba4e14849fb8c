"""Stories of events that come when nobody waits for them any more, and of executions that are started again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.simulation.cloudformation.deployments import Declared
from tests.simulation.faults import Fault, Kind
from tests.simulation.installation import Installation
from tests.simulation.stories.repertoire import (
    BLUE,
    GREEN,
    UNTIL_NOTICED_SECONDS,
    errors,
    is_live,
    when_green_has_traffic,
)
from tests.simulation.stories.scenario import Story
from tests.simulation.stories.strikes import away, cancel, quietly

REPORT_BLUE, REPORT_GREEN = Declared("report", "v1", "v1", "blue"), Declared("report", "v1", "v2", "green")
AGAIN = Declared("shop", "v1", "v2", "green", attempt=2)
NEXT = Declared("shop", "v1", "v3", "green", attempt=2)

LATE_SECONDS = 62.0
"""How late the event of the cancelled update comes, when it does not meet the second update's own."""


def late_beside_next(second_at: float, cancelled_at: float = 0.0) -> Callable[[Installation], None]:
    """The event of a cancelled update arrives while the same update, asked for again, is under way; the second one may
    be cancelled as well.
    """

    def play(greenlight: Installation) -> None:
        greenlight.is_live(BLUE)
        greenlight.stacks.mailbox.deliveries.numbered[1] = (LATE_SECONDS,)
        kernel = greenlight.cloud.kernel

        def deploys() -> None:
            first = greenlight.deploy(GREEN)
            kernel.sleep(8.0)
            cancel(greenlight)
            kernel.wait(first)
            kernel.sleep(max(0.0, second_at - kernel.time))
            greenlight.deploy(AGAIN)
            if cancelled_at:
                kernel.sleep(cancelled_at - kernel.time)
                cancel(greenlight)

        kernel.spawn("an operator", deploys)

    return play


def late_then_rolled_back(greenlight: Installation) -> None:
    """The same, and the second update is rolled back after it is live, because of another service."""
    _with_report(greenlight)
    greenlight.cloud.faults.addressed["Request", "dynamodb.GetItem", 1] = Fault(Kind.DENIED)
    kernel = greenlight.cloud.kernel

    def deploys() -> None:
        first = greenlight.deploy(GREEN, REPORT_BLUE)
        kernel.sleep(10.0)
        cancel(greenlight)
        kernel.wait(first)
        kernel.sleep(10.0)
        greenlight.deploy(AGAIN, REPORT_GREEN)

    kernel.spawn("an operator", deploys)


def _with_report(greenlight: Installation) -> None:
    greenlight.is_live(BLUE, REPORT_BLUE)
    greenlight.sites[1].change("green", up=False)
    greenlight.cloud.kernel.sleep(UNTIL_NOTICED_SECONDS)


def once(greenlight: Installation, function: str, call: str, then: Callable[[], None]) -> None:
    """Do something once, at the first call of this kind that a function makes."""
    done: list[str] = []

    def watch(name: str, begun: str, _number: int) -> None:
        if (name, begun) == (function, call) and not done:
            done.append(name)
            then()

    greenlight.cloud.before_call = watch


def redriven_at_once(greenlight: Installation) -> None:
    """The execution is stopped while Shift writes, and redriven half a second later; the write lands late, and the
    version is bad. Two functions settle the same switch at once.
    """
    greenlight.is_live(BLUE)
    greenlight.cloud.faults.addressed["Shift", "elbv2.ModifyRule", 1] = Fault(Kind.SLOW, 14.0)
    kernel = greenlight.cloud.kernel

    def stops() -> None:
        name = greenlight.executions.running()[-1]
        kernel.at(0.2, lambda: greenlight.executions.stop(name, "Stopped", "by hand"))
        kernel.at(0.7, lambda: quietly(lambda: greenlight.executions.redrive(name)))

    once(greenlight, "Shift", "elbv2.ModifyRule", stops)
    when_green_has_traffic(greenlight, lambda: greenlight.site.change("green", fails=1.0))
    greenlight.deploy(GREEN)


def redriven_unsettled(greenlight: Installation) -> None:
    """The same, and the first one that settles it fails: the redriven Shift is not fenced from the one before."""
    greenlight.cloud.faults.addressed["Settle", "dynamodb.TransactWriteItems", 1] = Fault(Kind.FAILED)
    redriven_at_once(greenlight)


def redriven_under_next(greenlight: Installation) -> None:
    """An aborted rollback is redriven while the journal is away, long after a newer release went live."""
    errors(greenlight)
    kernel = greenlight.cloud.kernel
    stopped: list[str] = []

    def stops() -> None:
        stopped.append(greenlight.executions.running()[-1])
        kernel.at(0.0, lambda: greenlight.executions.stop(stopped[0], "Stopped", "by hand"))

    once(greenlight, "Rollback", "dynamodb.GetItem", stops)

    def goes_on() -> None:
        kernel.sleep(200.0)
        greenlight.site.change("green", fails=0.0)
        kernel.wait(greenlight.deploy(NEXT))
        kernel.sleep(600.0)
        away("dynamodb", 60.0)(greenlight)
        quietly(lambda: greenlight.executions.redrive(stopped[0]))

    kernel.spawn("an operator", goes_on)


def started_by_hand(greenlight: Installation) -> None:
    """Somebody starts an execution in the console, with the input that the console proposes."""
    greenlight.is_live(BLUE)
    greenlight.executions.start("by-hand", '{"Comment": "Insert your JSON here"}')


def clocks_apart(ahead: Mapping[str, float]) -> Callable[[Installation], None]:
    """A release that fails, with functions whose clocks are an hour apart."""

    def play(greenlight: Installation) -> None:
        greenlight.cloud.clocks_ahead.update(ahead)
        errors(greenlight)

    return play


def answered_within(seconds: float, then: Callable[[Installation], str]) -> Callable[[Installation], str]:
    """Every request was answered so soon after it was made, and something else holds."""

    def expects(greenlight: Installation) -> str:
        for request in greenlight.stacks.requests:
            took = min((at for at, _ in request.answers), default=float("inf")) - request.sent
            if took > seconds:
                return f"{request.id} was answered after {took:.0f} s, wanted {seconds:.0f} s"
        return then(greenlight)

    return expects


AN_HOUR = 3600.0
APART = {"Request": AN_HOUR, "Lock": -AN_HOUR, "Shift": AN_HOUR, "Bake": -AN_HOUR, "Rollback": AN_HOUR}
OTHERWISE = {function: -seconds for function, seconds in APART.items()}
LOCK_AHEAD, LOCK_BEHIND = {"Lock": AN_HOUR}, {"Lock": -AN_HOUR}
BACK = is_live("blue", "v1", "ROLLED_BACK")
NEXT_IS_LIVE = is_live("green", "v2", "DONE")

EVENTS = (
    Story("late-beside-next", late_beside_next(67.0), NEXT_IS_LIVE, rare=True),
    Story("late-then-cancelled", late_beside_next(45.0, 75.0), BACK, rare=True),
    Story("late-then-rolled-back", late_then_rolled_back, BACK, services=2, rare=True),
    Story("redriven-at-once", redriven_at_once, answered_within(100.0, BACK), rare=True),
    Story("redriven-unsettled", redriven_unsettled, BACK, rare=True),
    Story("redriven-under-next", redriven_under_next, is_live("green", "v3", "DONE"), pages=True, rare=True),
    Story("started-by-hand", started_by_hand, is_live("blue", "v1"), pages=True, rare=True),
    *(
        Story(f"clocks-{name}", clocks_apart(ahead), BACK, rare=True)
        for name, ahead in (
            ("apart", APART),
            ("otherwise", OTHERWISE),
            ("lock-ahead", LOCK_AHEAD),
            ("lock-behind", LOCK_BEHIND),
        )
    ),
)
