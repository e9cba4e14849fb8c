"""What may strike a story, and when: a fault of one call, or an event of the world just before one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.simulation.cloudformation.deployments import RELEASE, Declared
from tests.simulation.errors import AwsError
from tests.simulation.faults import Fault, Kind, Outage
from tests.simulation.installation import Installation
from tests.simulation.people import Operator

VERY_LATE_SECONDS = 16.0
"""The same, nearly as late as the protocol allows."""
ZOMBIE_SECONDS = 8.0
"""How late a write lands that its caller has given up: later than any timeout, earlier than W."""
STALE_SECONDS = 20.0
"""How old a DescribeRules may be: less than the protocol's patience of 1.5 W."""
OUTAGE_SECONDS = (15.0, 150.0)

NETWORK = {
    "throttled": Fault(Kind.THROTTLED),
    "denied": Fault(Kind.DENIED),
    "failed": Fault(Kind.FAILED),
    "lost-request": Fault(Kind.LOST_REQUEST),
    "lost-reply": Fault(Kind.LOST_REPLY),
    "reset": Fault(Kind.RESET),
    "died-before": Fault(Kind.KILLED_BEFORE),
    "died-after": Fault(Kind.KILLED_AFTER),
}
"""What can happen to any call to AWS."""

WRITES = {"late": Fault(Kind.SLOW, ZOMBIE_SECONDS), "very-late": Fault(Kind.SLOW, VERY_LATE_SECONDS)}
"""To a write: it takes effect when nobody waits for it any more."""

READS = {"stale": Fault(Kind.STALE, STALE_SECONDS)}
"""To DescribeRules."""

TRANSACTIONS = {"conflict": Fault(Kind.CONFLICT, attempts=1)}

INVOCATIONS = {
    "refused": Fault(Kind.THROTTLED),
    "never-ran": Fault(Kind.LOST_REQUEST),
    "ran-unseen": Fault(Kind.LOST_REPLY),
    "ran-on": Fault(Kind.LOST_REPLY, 1.0),
}
"""To a task's function: Lambda says no, it runs and nobody hears of it, it goes on after its caller gave up."""

EVENTS = {"twice": Fault(Kind.TWICE, 3.0), "late-event": Fault(Kind.SLOW, 100.0)}
"""To an event on its way to Request."""

HTTP = {name: NETWORK[name] for name in ("failed", "lost-request", "lost-reply", "reset", "died-before", "died-after")}


def kinds_for(call: str) -> Mapping[str, Fault]:
    """Every fault that one kind of call can meet."""
    if call == "lambda.Invoke":
        return INVOCATIONS
    if call == "lambda.InvokeAsync":
        return EVENTS
    if call.startswith("http."):
        return HTTP
    more: dict[str, Fault] = {}
    if call in ("elbv2.ModifyRule", "elbv2.CreateRule", "elbv2.DeleteRule", "dynamodb.TransactWriteItems"):
        more |= WRITES
    if call == "elbv2.DescribeRules":
        more |= READS
    if call == "dynamodb.TransactWriteItems":
        more |= TRANSACTIONS
    return {**NETWORK, **more}


SLOWLY = {"slow": Fault(Kind.SLOW, 1.5)}
"""Any call: it takes its time, within its timeout, while others go on."""

FAULTS: Mapping[str, Fault] = {
    **NETWORK,
    **SLOWLY,
    **WRITES,
    **READS,
    **TRANSACTIONS,
    **INVOCATIONS,
    **EVENTS,
}

Act = Callable[[Installation], None]


def _newest_running(greenlight: Installation) -> str | None:
    running = greenlight.executions.running()
    return running[-1] if running else None


def stop(greenlight: Installation) -> None:
    """Somebody stops the execution that runs; its functions go on."""
    if name := _newest_running(greenlight):
        greenlight.executions.stop(name, "Stopped", "by hand")


def redrive(greenlight: Installation) -> None:
    """Somebody stops the execution, and redrives it half a minute later."""
    name = _newest_running(greenlight)
    if name is None:
        return
    greenlight.executions.stop(name, "Stopped", "by hand")
    greenlight.cloud.kernel.at(30.0, lambda: quietly(lambda: greenlight.executions.redrive(name)))


def cancel(greenlight: Installation) -> None:
    """Somebody cancels the stack's update."""
    quietly(lambda: greenlight.stacks.cancel(RELEASE))


def delete(greenlight: Installation) -> None:
    """Somebody deletes the release, as soon as CloudFormation lets them."""

    def until_taken() -> None:
        while True:
            try:
                greenlight.stacks.delete(RELEASE)
                return
            except AwsError:
                greenlight.cloud.kernel.sleep(20.0)

    greenlight.cloud.kernel.spawn("cdk destroy", until_taken)


def edit_half(greenlight: Installation) -> None:
    """Somebody splits the traffic by hand."""
    _by_hand(greenlight, lambda operator: operator.set_weights(50, 50))


def edit_back(greenlight: Installation) -> None:
    """Somebody puts the traffic on blue by hand."""
    _by_hand(greenlight, lambda operator: operator.set_weights(100, 0))


def delete_rule(greenlight: Installation) -> None:
    """Somebody deletes the rule."""
    _by_hand(greenlight, Operator.delete_rule)


def _by_hand(greenlight: Installation, edit: Callable[[Operator], None]) -> None:
    if greenlight.site.rule() is not None:
        quietly(lambda: edit(Operator(greenlight.site)))


def abort(greenlight: Installation) -> None:
    """The operator aborts what runs."""
    if name := _newest_running(greenlight):
        Operator(greenlight.site).abort(name)


def release_again(greenlight: Installation) -> None:
    """Somebody deploys another release as soon as CloudFormation lets them."""

    def until_taken() -> None:
        kernel = greenlight.cloud.kernel
        for _ in range(100):
            stack = greenlight.stacks.all.get(RELEASE)
            if stack is not None and stack.status.endswith("_COMPLETE"):
                greenlight.deploy(*(_to_the_idle_color(greenlight, site.name) for site in greenlight.sites))
                return
            kernel.sleep(20.0)

    greenlight.cloud.kernel.spawn("another cdk deploy", until_taken)


def _to_the_idle_color(greenlight: Installation, service: str) -> Declared:
    live = greenlight.cloud.live(service) or {}
    color = "blue" if live.get("color") == "green" else "green"
    versions = {"blue": "v1", "green": "v1", live.get("color", "blue"): live.get("version", "v1"), color: "v9"}
    return Declared(service, versions["blue"], versions["green"], color, attempt=9)


def sicken(color: str) -> Act:
    """What runs on a color dies, and comes back after two minutes."""

    def strike(greenlight: Installation) -> None:
        if greenlight.site.group(color) in greenlight.cloud.elbv2.groups:
            greenlight.site.change(color, up=False)
            greenlight.cloud.kernel.at(120.0, lambda: greenlight.site.change(color, up=True))

    return strike


def away(service: str, seconds: float) -> Act:
    """A whole service of AWS is away for a while."""

    def strike(greenlight: Installation) -> None:
        now = greenlight.cloud.kernel.time
        greenlight.cloud.faults.outages.append(Outage(service, now, now + seconds))

    return strike


def lag(greenlight: Installation) -> None:
    """From now on every look at the rule is seconds old."""
    greenlight.cloud.elbv2.read_lag = 5.0


def stale_stack(greenlight: Installation) -> None:
    """From now on every look at a stack is some seconds old."""
    greenlight.stacks.stale_seconds = 10.0


def slow_rules(greenlight: Installation) -> None:
    """From now on traffic follows a write of the rule a minute later."""
    greenlight.cloud.elbv2.propagation = (60.0, 60.0)


ACTS: Mapping[str, Act] = {
    "stop": stop,
    "redrive": redrive,
    "cancel": cancel,
    "delete": delete,
    "edit-half": edit_half,
    "edit-back": edit_back,
    "delete-rule": delete_rule,
    "abort": abort,
    "release": release_again,
    "blue-dies": sicken("blue"),
    "green-dies": sicken("green"),
    "journal-away": away("dynamodb", OUTAGE_SECONDS[0]),
    "journal-long-away": away("dynamodb", OUTAGE_SECONDS[1]),
    "elb-away": away("elbv2", OUTAGE_SECONDS[0]),
    "sns-away": away("sns", 300.0),
    "secrets-away": away("secretsmanager", 300.0),
    "lag": lag,
    "stale-stack": stale_stack,
    "slow-rules": slow_rules,
}
"""Events of the world, by name. Each happens at one instant, just before the call that it is set for."""


def quietly(do: Callable[[], object]) -> None:
    """A person whose command AWS refuses, because the moment has passed, does nothing more."""
    try:
        do()
    except AwsError:
        return


@dataclass(frozen=True)
class Strike:
    """One thing that strikes just before, or at, one call of a scenario.

    `call`: the n-th of all calls, from 1. Instead of it `place` may say which call it is: the n-th of one kind that one
    function makes, as in `Shift/elbv2.ModifyRule/1`. That stays the same call when other functions call more often.
    """

    call: int
    name: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.place or self.call}={self.name}"

    @classmethod
    def parse(cls, text: str) -> Strike:
        """The inverse of `str`.

        Raises:
            ValueError: there is no such strike, or its call is neither a number nor a place.
        """
        call, _, name = text.partition("=")
        if name not in FAULTS and name not in ACTS:
            raise ValueError(f"strike {name!r}: there is none of this name; there are {', '.join([*FAULTS, *ACTS])}")
        return cls(0, name, call) if call.count("/") == 2 else cls(int(call), name)

    @property
    def address(self) -> tuple[str, str, int] | None:
        """The place as (function, call, which of them), or None when the call is numbered."""
        if not self.place:
            return None
        function, call, number = self.place.split("/")
        return function, call, int(number)
