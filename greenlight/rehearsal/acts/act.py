"""What an act is: a claim, what is done under load, and how the claim is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from traffic_switch.contract import Color
from traffic_switch.model import Live

from greenlight.journal_view import SwitchView
from greenlight.rehearsal.stage import Outcome, Stage
from greenlight.rehearsal.traffic.record import Record
from greenlight.rehearsal.versions import Cast


@dataclass(frozen=True)
class Seen:
    """Everything that an act is judged by."""

    outcome: Outcome
    switch: SwitchView | None
    stack_status: str
    before: Live | None
    after: Live | None
    records: Sequence[Record]
    broken_promises: Sequence[str]

    @property
    def failed_requests(self) -> int:
        """Requests that a user would call failed."""
        return sum(record.outcome.failed for record in self.records)

    def answered_by(self, color: Color) -> int:
        """Requests that one color answered."""
        return sum(record.color is color for record in self.records)


Complaints = Iterator[str]


@dataclass(frozen=True)
class Act:
    """One scenario. It begins with `starts_on` live, and `perform` runs under load.

    `new_color` is where the traffic moves if all goes well; none when it is not to move.
    """

    name: str
    claim: str
    starts_on: Color
    assembly: str
    flags: Callable[[str, Cast], Mapping[str, str]]
    perform: Callable[[Stage, Callable[[], None]], Outcome]
    complaints: Callable[[Seen], Complaints]
    new_color: Color | None = None


def deployed_from(assembly: str) -> Callable[[Stage, Callable[[], None]], Outcome]:
    """The plain `cdk deploy` of an assembly, as an operator or a pipeline runs it."""
    return lambda stage, look: stage.deploy(assembly, look)
