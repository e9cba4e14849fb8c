"""One piece of the switch at a time: its world, its payload and its step, while nothing else runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from traffic_switch.aws_world import AwsWorld
from traffic_switch.config import Policy
from traffic_switch.contract import Color
from traffic_switch.journal import Record
from traffic_switch.model import Mode, Switch

from tests.simulation.cloud import STATE_MACHINE, Cloud
from tests.simulation.cloudwatch import EPOCH
from tests.simulation.functions import Invocation
from tests.simulation.installation import BRIEF, Installation
from tests.simulation.line import Caller
from tests.simulation.machine import Machine
from tests.simulation.site import environment
from tests.simulation.web import ANSWER_HOST

T = TypeVar("T")

RELEASE = Switch("s1", "shop", Mode.RELEASE, Color.GREEN, "v2")
RESTORE = Switch("s2", "shop", Mode.RESTORE, Color.GREEN, "v2", undoes="s1")
REMOVE = Switch("s3", "shop", Mode.REMOVE, Color.BLUE, "")
BACK_TO_BLUE = Switch("s5", "shop", Mode.RELEASE, Color.BLUE, "v1")
REPAIR = Switch("s4", "shop", Mode.REPAIR, Color.BLUE, "v1")

BLUE_LIVE = {"color": "blue", "version": "v1", "blue": 100, "green": 0}
GREEN_LIVE = {"color": "green", "version": "v2", "blue": 0, "green": 100}
GREEN_BEFORE = {"weights": {"blue": 0, "green": 100}, "live": GREEN_LIVE}
BLUE_BEFORE = {"weights": {"blue": 100, "green": 0}, "live": BLUE_LIVE}
"""What a switch found when blue was live, as its record and its execution have it."""


BEFORE = {
    "Shift": {"preflight": "PASS", "gate": "PASS", "smoke": "PASS"},
    "Done": {"shift": "PASS", "bake": "PASS"},
}
"""What has been judged when the state machine calls a function."""


def new_installation(policy: Policy = BRIEF, services: int = 1) -> Installation:
    """Services whose clocks agree and whose rules take effect at once."""
    cloud = Cloud()
    cloud.clock_skew = 0.0
    cloud.elbv2.propagation = (0.0, 0.0)
    return Installation(cloud, policy, services)


def asked(switch: Switch, **changes: Any) -> Record:
    """A record of a switch that CloudFormation asked for."""
    request = {
        "ResponseURL": f"https://{ANSWER_HOST}/{switch.id}",
        "StackId": "arn:stack",
        "RequestId": switch.id,
        "LogicalResourceId": "ShopRelease",
    }
    return Record(**{"switch": switch, "started_at": EPOCH, "request": request, **changes})


@dataclass
class Workbench:
    """Runs pieces of the switch as the functions that hold them would."""

    greenlight: Installation = field(default_factory=new_installation)

    asked_for: list[str] = field(default_factory=list)
    """Every call that a function has sent, in order."""

    in_turn: bool = True
    """Whether the phases before a function's have judged when it is called."""

    def __post_init__(self) -> None:
        self.cloud.before_call = lambda _actor, call, _number: self.asked_for.append(call)

    @property
    def cloud(self) -> Cloud:
        """The cloud that the installation is in."""
        return self.greenlight.cloud

    @property
    def now(self) -> str:
        """The present moment, as Step Functions writes it."""
        moment = datetime.fromtimestamp(EPOCH + self.cloud.kernel.time, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def run(self, work: Callable[[AwsWorld], T], name: str = "Shift", **changed: str) -> T:
        """Do something with the world of a function of this name, and return what comes of it.

        `changed` are environment variables that are otherwise than the installation's.
        """
        variables = environment(self.greenlight.sites, asdict(self.greenlight.policy)) | changed
        around = Machine(self.cloud, Caller(name, None, exposed=True), variables)
        done: list[T] = []
        process = self.cloud.kernel.spawn(f"{name}#1", lambda: done.append(work(AwsWorld(around))))
        assert self.cloud.kernel.wait(process)
        return done[0]

    def register(self, *records: Record) -> None:
        """Record switches, one after the other, each of a resource of its own."""
        for record in records:
            assert self.run(lambda world, record=record: world.journal.register(record, None))  # type: ignore[misc]

    def lock(self, switch: Switch, epoch: int = 7, **attributes: Any) -> None:
        """Let a switch hold its service's lock."""
        deadline = EPOCH + self.cloud.kernel.time + 500
        item = {"owner": switch.id, "epoch": epoch, "reason": "a test", "since": 0, "deadline": int(deadline)}
        self.greenlight.tamper(f"lock#{switch.service}", {**item, **attributes})

    def amend(self, switch: Switch, /, **attributes: Any) -> None:
        """Change a switch's record by hand."""
        key = f"switch#{switch.id}"
        self.greenlight.tamper(key, {**(self.cloud.item(key) or {}), **attributes})

    def judged(self, switch: Switch, /, **verdicts: str) -> None:
        """Let phases have judged so, in one look each."""
        traces = {f"trace:{phase}:0001": {"verdict": verdict} for phase, verdict in verdicts.items()}
        known = self.record(switch)
        self.amend(switch, **{name: trace for name, trace in traces.items() if name not in known})

    def record(self, switch: Switch) -> dict[str, Any]:
        """The journal's item of a switch."""
        return self.cloud.switch_item(switch.id) or {}

    def invoke(self, name: str, switch: Switch, /, epoch: int = 7, **payload: Any) -> Invocation:
        """Let the state machine call a function for a switch that got the lock with this epoch just now."""
        if self.in_turn and self.record(switch):
            self.judged(switch, **BEFORE.get(name, {}))
        given: Mapping[str, Any] = {
            "switch": switch.as_input(),
            "hold": {"epoch": epoch, "debt": ""},
            "held_at": self.now,
            "before": {},
            "progress": {},
            "failure": {},
            "clean": False,
            "attempt": 0,
            "entered": self.now,
            "redrives": 0,
            "machine": STATE_MACHINE,
            "execution": switch.id,
        }
        return self.cloud.functions.invoke(name, {**given, **payload})

    def step(self, name: str, switch: Switch, epoch: int = 7, **payload: Any) -> Any:
        """The same for a call that ends well: what the function answers."""
        invocation = self.invoke(name, switch, epoch, **payload)
        assert not invocation.error, f"{invocation.error}: {invocation.cause}"
        return invocation.result
