"""The journal: what each switch did, who may write, and what was live before.

Its items and transactions are those of docs/protocol.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from traffic_switch.asking import Properties
from traffic_switch.image import KnownImage
from traffic_switch.model import Hold, Live, Outcome, Switch, Weights
from traffic_switch.verdict import Judgment


@dataclass(frozen=True)
class Before:
    """What a switch found when it started: no rule, or its weights; nothing live, or what was."""

    weights: Weights | None
    live: Live | None


@dataclass(frozen=True)
class Answer:
    """The one answer that CloudFormation gets: SUCCESS or FAILED, with the reason that its user reads."""

    status: str
    reason: str
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether it says SUCCESS."""
        return self.status == "SUCCESS"


@dataclass(frozen=True)
class Record:
    """One switch as the journal knows it. Times are Unix seconds.

    `request` is what an answer needs of what CloudFormation sent. It is written into a table of its own: who may look
    at switches may not answer for them. Only the record of an older Greenlight holds it when it is read.

    `digest` is that of the image which the color ran when it was asked for; empty where it was started by a tag.

    `begun` is when it got the lock, `shifted_at` when it was about to write the rule; both are set once. `undone` names
    the switch that took its traffic back, `paid` one that this switch took back before it did anything of its own. An
    `answer` seals it: it never gets the lock again. `verdicts` has the last one of each phase that judged.
    `damage` names attributes that could not be read.
    """

    switch: Switch
    started_at: float
    resource: str = ""
    properties: Properties = field(default_factory=Properties)
    digest: str = ""
    begun: float | None = None
    before: Before | None = None
    shifted_at: float | None = None
    undone: str = ""
    paid: str = ""
    outcome: Outcome | None = None
    reason: str = ""
    abort: str = ""
    answer: Answer | None = None
    request: Mapping[str, Any] | None = None
    verdicts: Mapping[str, str] = field(default_factory=dict)
    damage: tuple[str, ...] = ()

    @property
    def may_have_shifted(self) -> bool:
        """Whether it was about to write the rule, or nobody can read whether it was."""
        return self.shifted_at is not None or "shifted_at" in self.damage

    @property
    def is_open(self) -> bool:
        """Whether traffic may be where this switch put it, so that going back means writing the rule."""
        ended = self.outcome in (Outcome.ROLLED_BACK, Outcome.UNCHANGED)
        return self.may_have_shifted and not self.undone and not ended


@dataclass(frozen=True)
class Lock:
    """The service's lock. `epoch` is None in an item of an older Greenlight, which had none, and in a damaged one.

    `read` is what the item said of owner and epoch, whatever it was: who takes the lock over must have read that.
    """

    owner: str
    epoch: int | None
    debt: str = ""
    reason: str = ""
    since: float = 0.0
    deadline: float = float("inf")
    read: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def hold(self, service: str, settles_at: float) -> Hold:
        """The right to write that the lock's owner has."""
        return Hold(self.owner, service, self.epoch or 0, self.debt, settles_at)


REMEMBERED = 12
"""How many requests that were taken back are remembered of a resource."""


@dataclass(frozen=True)
class Newest:
    """What the journal knows of the requests of one custom resource.

    `switch_id` is the newest one's, empty when there is none; its `record` may be gone, since records expire.
    `reversed` holds the requests that CloudFormation has taken back: their properties as one text each, and when.
    `read` is what a damaged item said instead of an id: who replaces it must have read that.
    """

    switch_id: str = ""
    record: Record | None = None
    reversed: tuple[tuple[str, float], ...] = ()
    read: Any = None

    def reversed_at(self, properties: Properties) -> float | None:
        """When a request was taken back, in Unix seconds, or None."""
        return max((at for text, at in self.reversed if text == properties.text), default=None)

    def with_reversed(self, properties: Properties, at: float) -> tuple[tuple[str, float], ...]:
        """What is remembered once a request with these properties has taken another one back."""
        return (*self.reversed, (properties.reversed.text, at))[-REMEMBERED:]


@dataclass(frozen=True)
class Closing:
    """What the last transaction of a switch fixes: outcome, answer, what is live, what was taken back, and the lock.

    What is live stays as it is, unless `changes_live`: then it is `live` from now on, None for nothing. `owed` is the
    switch whose traffic was taken back, or empty.
    """

    outcome: Outcome
    reason: str
    answer: Answer
    changes_live: bool = False
    live: Live | None = None
    owed: str = ""


class Journal(Protocol):
    """Every write is conditional: a handler that runs twice leaves what it left the first time.

    Writes that need the lock raise LockLostError when it, or its epoch, is another's.
    """

    def record(self, switch_id: str) -> Record | None:
        """What is known of one switch."""

    def newest(self, resource: str) -> Newest:
        """The newest request of a custom resource, of any kind."""

    def last(self, service: str) -> str:
        """The id of the newest switch of a service, of any resource and any kind, for people who ask; or empty."""

    def lock(self, service: str) -> Lock | None:
        """Who may write."""

    def live(self, service: str) -> Live | None:
        """What is remembered as live."""

    def image(self, service: str, version: str) -> KnownImage | None:
        """Which image a version is.

        Raises:
            JournalError: the item is damaged.
        """

    def register(self, record: Record, newest: Newest | None) -> bool:
        """Record a request, and as its resource's newest if `newest` says which one that was; without, it is not.

        The request that it replaces ends if it has not begun. False when the record is there already, or another
        request came between: read and classify again.
        """

    def acquire(self, switch: Switch, reason: str, now: float, deadline: float) -> Lock:
        """Take the lock if it is free. Return it as it is now: its owner says whose it is.

        Raises:
            LockLostError: the switch is sealed.
        """

    def take_over(
        self, switch: Switch, reason: str, held: Lock, old: Record | None, now: float, deadline: float
    ) -> None:
        """Take the lock from an owner that was stopped, and end that one. When somebody was faster, nothing happens."""

    def retake(self, switch: Switch, now: float) -> Lock:
        """Take a new epoch of one's own lock, so that whoever still works with the old one writes nothing more."""

    def holds(self, hold: Hold) -> bool:
        """The fence: whether the lock has this owner and this epoch right now."""

    def mark(self, hold: Hold, at: float) -> None:
        """Remember, the first time only, that the rule is about to be written."""

    def paid(self, hold: Hold, debt: Record | None) -> None:
        """Note that a debt's traffic is back, and with it what was live before. None: it had moved none."""

    def close(self, hold: Hold, closing: Closing) -> None:
        """End the switch, in one transaction."""

    def refuse(self, switch: Switch, outcome: Outcome, reason: str, answer: Answer) -> bool:
        """End a switch that never got the lock; False when it has begun or has an answer after all."""

    def remember_before(self, switch_id: str, before: Before) -> Before:
        """Keep what the switch found, the first time only; return what is kept."""

    def begin(self, switch_id: str, phase: str, at: float) -> None:
        """Remember when a phase began, the first time only; a phase that was never begun begins with its first note."""

    def note(self, switch_id: str, phase: str, look: int, judgment: Judgment, at: float) -> None:
        """Add one judgment to the switch's trace. A switch that has no record gets none by this."""

    def keep_evidence(self, switch_id: str, evidence: str) -> None:
        """Keep what was seen when the switch failed, as JSON."""

    def request(self, switch_id: str) -> Mapping[str, Any] | None:
        """What an answer needs, if CloudFormation asked for the switch and was not answered yet."""

    def forget_request(self, switch_id: str) -> None:
        """Drop it once it has been answered."""

    def drift(self, service: str) -> str:
        """The drift that people were last told of, or an empty string."""

    def remember_drift(self, service: str, drift: str) -> None:
        """Remember what people were told of; an empty string when there is no drift any more."""
