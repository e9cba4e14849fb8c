"""What an act is: a claim, what is done under load, and how the claim is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from traffic_switch.contract import Color
from traffic_switch.model import Live

from greenlight.rehearsal.acts.flags import Flags
from greenlight.rehearsal.acts.performance import Performance, Step
from greenlight.rehearsal.journal import SwitchSeen
from greenlight.rehearsal.shoppers.judgment import Shopping
from greenlight.rehearsal.snapshot import Message
from greenlight.rehearsal.stage import CommandOutcome
from greenlight.rehearsal.traffic.record import RequestRecord

LAST_STRETCH_SECONDS = 1.0


@dataclass(frozen=True)
class Seen:
    """Everything that an act is judged by.

    Attributes:
        steps: what was done, in order, by name; `outcome` and `switch` are those of the last command.
        switches: all that were asked for during the act, oldest first.
        messages: what people were told during the act.
        stack_status: of the release stack, after the act.
        more_records: of loads that the act itself put on, by name.
        compute_status: of the stack that runs both colors, after the act.
        shopping: what people with accounts did, where some were there.
    """

    steps: Mapping[str, Step]
    switches: Sequence[SwitchSeen]
    messages: Sequence[Message]
    stack_status: str
    before: Live | None
    after: Live | None
    records: Sequence[RequestRecord]
    broken_promises: Sequence[str] = field(default_factory=tuple)
    more_records: Mapping[str, Sequence[RequestRecord]] = field(default_factory=dict)
    compute: str = "ec2"
    compute_status: str = ""
    shopping: Shopping | None = None

    @property
    def outcome(self) -> CommandOutcome:
        """How the last command ended."""
        return list(self.steps.values())[-1].outcome

    @property
    def switch(self) -> SwitchSeen | None:
        """The newest release that was asked for; a restore answers for the release that it takes back."""
        releases = [switch for switch in self.switches if switch.mode == "release"]
        return releases[-1] if releases else None

    @property
    def failed_requests(self) -> int:
        """Requests that a user would call failed."""
        return sum(record.outcome.failed for record in self.records)

    def answered_by(self, color: Color) -> int:
        """Requests that one color answered."""
        return sum(record.color is color for record in self.records)

    @property
    def last_stretch(self) -> Sequence[RequestRecord]:
        """The requests of the last second."""
        end = max((record.due_at for record in self.records), default=0.0)
        return [record for record in self.records if record.due_at > end - LAST_STRETCH_SECONDS]


Complaints = Iterator[str]


@dataclass(frozen=True)
class Act:
    """One scenario.

    Attributes:
        scenes: sets of flags by name; the act may begin when any of them was deployed last, else the first one is.
            Without any it may begin at any time, and leaves the scene as it is: it is about another service.
        leaves: the set of flags that describes what is there after the act; empty when none does.
        flags: further sets of flags that the act deploys, by name.
        perform: does it, under load.
        complaints: what speaks against the claim.
        new_color: where the traffic moves if all goes well; none when it is not to move.
        rolls_back: whether users suffer and are helped, which the report then times.
        service: whose act it is, and who has the load; the first service when left empty.
        redirects: whether users may be redirected to HTTPS during the act.
        moves: whether the live color is started anew, which no other act may do to it.
        compute: the compute that it is about; either one when left empty.
        services: how many it is about. Of a project with fewer it is no act.
        source: the application that it is about, by its `source`; any when left empty.
        load_share: of the usual load, where the act puts on a load of its own.
    """

    name: str
    claim: str
    scenes: tuple[str, ...]
    leaves: str
    perform: Callable[[Performance], None]
    complaints: Callable[[Seen], Complaints]
    flags: Mapping[str, Flags] = field(default_factory=dict)
    new_color: Color | None = None
    rolls_back: bool = False
    idle: Color | None = None
    """The color that no user may reach in this act."""
    service: str = ""
    redirects: bool = False
    moves: bool = False
    compute: str = ""
    services: int = 1
    source: str = ""
    load_share: float = 1.0
