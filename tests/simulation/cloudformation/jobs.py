"""One change of one resource while it is under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from greenlight.rehearsal.cloud.cloudformation.response import CustomResourceError
from tests.simulation.cloudformation.requests import Request
from tests.simulation.cloudformation.template import Properties, Resource

CREATE, UPDATE, DELETE = "Create", "Update", "Delete"


@dataclass
class Deployed:
    """A resource as it is. Before its Create is answered it has an invented id, which a Delete may be sent for."""

    resource: Resource
    physical_id: str
    data: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What to do with one resource. `before` is None for a Create; `back` says that it undoes another change."""

    kind: str
    logical_id: str
    resource: Resource
    before: Deployed | None = None
    back: bool = False


@dataclass(frozen=True)
class Ended:
    """How a change ended: `reason` is "" when it worked."""

    reason: str = ""
    physical_id: str = ""
    data: Properties = field(default_factory=dict)


class Job(Protocol):
    """A change that is under way."""

    def due(self) -> float:
        """When to look again, in virtual seconds, if nothing happens before."""

    def look(self, now: float) -> Ended | None:
        """How it ended, or None."""

    def abandon(self) -> None:
        """Stop listening."""


@dataclass
class Asked:
    """A custom resource whose function was asked. An answer is acted on `lag` seconds after it came."""

    request: Request
    deadline: float
    lag: float

    def due(self) -> float:
        if self.request.answers:
            return min(self.deadline, self.request.answers[0][0] + self.lag)
        return self.deadline

    def look(self, now: float) -> Ended | None:
        answers = self.request.answers
        if answers and now >= answers[0][0] + self.lag:
            return self._read()
        if now < self.deadline:
            return None
        self.request.closed = "gave up"
        return Ended(
            "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId"
            f" [{self.request.id}]."
        )

    def abandon(self) -> None:
        self.request.closed = "cancelled"

    def _read(self) -> Ended:
        try:
            answer = self.request.read()
        except CustomResourceError as error:
            return Ended(str(error), error.physical_id)
        return Ended("", answer.physical_id, answer.data)


@dataclass
class Made:
    """A resource of CloudFormation's own, ready at a certain moment."""

    change: Change
    ready: float
    fails: str

    def due(self) -> float:
        return self.ready

    def look(self, now: float) -> Ended | None:
        if now < self.ready:
            return None
        if not self.fails and self.change.kind != DELETE:
            self._apply()
        return Ended(self.fails)

    def abandon(self) -> None:
        """It is what it is."""

    def _apply(self) -> None:
        apply = getattr(self.change.resource, "apply", None)
        if apply is not None:
            apply(self.change.resource.properties)
