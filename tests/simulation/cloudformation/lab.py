"""CloudFormation alone on a kernel: functions that answer as a test says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.cloudformation.stacks import Stacks
from tests.simulation.cloudformation.template import CustomResource, Properties, Template
from tests.simulation.kernel import Kernel, Process

Event = Mapping[str, Any]
Reply = tuple[float, Mapping[str, Any]]
"""Seconds until the answer is put, and what differs from a plain SUCCESS."""

GREEN: Properties = {"Color": "green", "Attempt": 2}
BLUE: Properties = {"Color": "blue", "Attempt": 1}


@dataclass
class Lab:
    """`script` says for each event how it is answered: (seconds, fields), or None for never."""

    script: Callable[[Event], Reply | None] = lambda _: (10.0, {})
    kernel: Kernel = field(default_factory=Kernel)
    received: list[tuple[float, Event]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stacks = Stacks(self.kernel, self._receive)

    def deploy(self, template: Template, until: float = float("inf")) -> str:
        """Deploy the stack `s` and let the world go on; return its status."""
        self.stacks.deploy("s", template)
        return self.go_on(until)

    def go_on(self, until: float = float("inf")) -> str:
        self.kernel.run(until=until)
        return self.stacks.all["s"].status

    def after(self, process: Process | None) -> str:
        assert process is not None
        return self.go_on()

    @property
    def kinds(self) -> list[str]:
        """The request types that the function got, in order."""
        return [event["RequestType"] for _, event in self.received]

    @property
    def statuses(self) -> list[str]:
        return [status for _, status in self.stacks.all["s"].history]

    def answer(self, event: Event, **fields: Any) -> None:
        repeated = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
        physical = event.get("PhysicalResourceId", "physical-1")
        full = {"Status": "SUCCESS", "PhysicalResourceId": physical, **repeated, **fields}
        self.stacks.answered(event["RequestId"], full)

    def _receive(self, _function: str, event: Event) -> None:
        self.received.append((self.kernel.time, event))
        reply = self.script(event)
        if reply is not None:
            self.kernel.at(reply[0], lambda: self.answer(event, **reply[1]))


def one(properties: Properties = BLUE, **more: Any) -> Template:
    """A stack with one custom resource, and what else `more` names."""
    return {"Request": CustomResource("Custom::GreenlightRelease", "Request", properties, 100.0), **more}


def failing(*colors: str, seconds: float = 10.0) -> Callable[[Event], Reply | None]:
    """Every change to one of these colors fails."""
    failed = (seconds, {"Status": "FAILED", "Reason": "not healthy"})
    return lambda event: failed if event["ResourceProperties"]["Color"] in colors else (seconds, {})
