"""One scenario: a story, a seed for everything that is left to chance, and what strikes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.simulation.cloud import Cloud
from tests.simulation.installation import Installation
from tests.simulation.notices import Notice
from tests.simulation.stories.strikes import ACTS, FAULTS, Strike, kinds_for
from tests.simulation.stories.watch import Watch
from tests.simulation.story import told

HORIZON_SECONDS = 4 * 3600.0
"""By then everything must have come to rest: CloudFormation's patience and every lock are long over."""


EVERYDAY = ("stop", "cancel", "delete", "abort", "release")
"""What people do to a switch that runs: nobody is to be woken by it."""

SETTLE_PATIENCE_SECONDS = 800.0
"""Settle pages with its third try: two waits of its queue after the first."""

REST_SECONDS = 5.0
"""Between the installation and the story: by then every rule has taken effect."""


@dataclass(frozen=True)
class Story:
    """What happens if nothing goes wrong.

    `play` sets it going. `expects` says what must be true at the end of it when nothing has struck; it returns what is
    not. `leaves_lock`: a lock that a person damaged stays there for a person. `pages`: somebody is woken in it.
    `rare`: it is an accident by itself, so that nothing else strikes it.
    """

    name: str
    play: Callable[[Installation], None]
    expects: Callable[[Installation], str] = lambda _: ""
    services: int = 1
    leaves_lock: bool = False
    pages: bool = False
    rare: bool = False


@dataclass(frozen=True)
class Result:
    """What came of a scenario. `calls`: every numbered call, as (actor, call). `recovery_seconds`: from the last strike
    until everything was at rest.
    """

    violations: tuple[str, ...]
    calls: tuple[tuple[str, str], ...]
    call_count: int
    met: bool
    recovery_seconds: float
    trace: str = ""


@dataclass
class Scenario:
    """`story:seed:strike,strike` as text."""

    story: Story
    seed: int = 0
    strikes: tuple[Strike, ...] = ()
    keep_trace: bool = False
    _calls: list[tuple[str, str]] = field(default_factory=list)
    _struck_at: float = 0.0
    _acted: int = 0

    def __str__(self) -> str:
        return f"{self.story.name}:{self.seed}:{','.join(map(str, self.strikes))}"

    @classmethod
    def parse(cls, text: str, stories: Mapping[str, Story]) -> Scenario:
        """The inverse of `str`.

        Raises:
            ValueError: the text names no story, or no strike.
        """
        name, seed, strikes = [*text.split(":"), "0", ""][:3]
        if name not in stories:
            raise ValueError(f"story {name!r}: there is none of this name; there are {', '.join(stories)}")
        return cls(stories[name], int(seed or 0), tuple(map(Strike.parse, filter(None, strikes.split(",")))))

    def run(self) -> Result:
        """Play it to its end and judge it."""
        cloud = Cloud(self.seed)
        try:
            greenlight = Installation(cloud, services=self.story.services)
            return self._result(greenlight, self._violations(greenlight, self._played(greenlight)))
        finally:
            cloud.close()
            cloud.forget()

    def _played(self, greenlight: Installation) -> Watch:
        cloud = greenlight.cloud
        cloud.kernel.sleep(REST_SECONDS)
        self.story.play(greenlight)
        watch = Watch(greenlight, self.story.leaves_lock)
        told_earlier = cloud.before_call or (lambda *_: None)

        def before(actor: str, call: str, number: int) -> None:
            told_earlier(actor, call, number)
            self._before(greenlight, actor, call, number)

        cloud.before_call = before
        cloud.run(until=HORIZON_SECONDS)
        return watch

    def _violations(self, greenlight: Installation, watch: Watch) -> list[str]:
        violations = watch.finally_()
        if not self.strikes and (unmet := self.story.expects(greenlight)):
            violations.append(unmet)
        if not self.story.pages and self._is_peaceful:
            pages = (page for page in greenlight.cloud.pages if not self._has_cause(greenlight, page))
            violations += [f"somebody is paged for nothing: {page.subject}" for page in pages]
        return violations

    def _result(self, greenlight: Installation, violations: list[str]) -> Result:
        cloud, answered = greenlight.cloud, (request.answers for request in greenlight.stacks.requests)
        met = len(cloud.faults.met) + self._acted >= len(self.strikes)
        last = max([self._struck_at, *(answers[0][0] for answers in answered if answers)])
        recovery_seconds = last - self._struck_at if met else 0.0
        trace = told(cloud.kernel) if self.keep_trace else ""
        return Result(tuple(violations), tuple(self._calls), len(self._calls), met, recovery_seconds, trace)

    def _before(self, greenlight: Installation, actor: str, call: str, number: int) -> None:
        """A strike that cannot meet this call does not: what struck before may have changed which call it is."""
        self._calls.append((actor, call))
        for strike in self.strikes:
            if not self._is_here(strike, actor, call, number):
                continue
            if strike.name in ACTS:
                greenlight.cloud.kernel.at(0.0, lambda strike=strike: self._act(greenlight, strike))  # type: ignore[misc]
            elif strike.name in kinds_for(call) or strike.place:
                greenlight.cloud.faults.numbered[number] = FAULTS[strike.name]
                self._struck_at = greenlight.cloud.kernel.time

    def _has_cause(self, greenlight: Installation, page: Notice) -> bool:
        """Whether somebody has to be woken although nothing happened but what people do every day.

        A story that nothing strikes is held to its own word, whatever is away in it.
        """
        if page.subject.endswith("repair HELD"):
            return _stopped_repair(greenlight)
        is_unsettled = bool(self.strikes) and page.subject.endswith("is not settled")
        return is_unsettled and _stays_away(greenlight, page.time)

    @property
    def _is_peaceful(self) -> bool:
        """Whether nothing has happened but what people may do every day."""
        return all(strike.name in EVERYDAY for strike in self.strikes)

    def _is_here(self, strike: Strike, actor: str, call: str, number: int) -> bool:
        if strike.place:
            return strike.address == (actor, call, self._calls.count((actor, call)))
        return strike.call == number

    def _act(self, greenlight: Installation, strike: Strike) -> None:
        """It happens outside every function, while the request of the call is on its way."""
        self._struck_at = greenlight.cloud.kernel.time
        self._acted += 1
        greenlight.cloud.kernel.note(f"strikes: {strike.name}")
        ACTS[strike.name](greenlight)


def _stays_away(greenlight: Installation, time: float) -> bool:
    """Whether a service of AWS is away in the story, and was all the time that Settle waits before it pages."""
    outages = greenlight.cloud.faults.outages
    return any(outage.since <= time - SETTLE_PATIENCE_SECONDS and time <= outage.until for outage in outages)


def _stopped_repair(greenlight: Installation) -> bool:
    """Whether somebody stopped the repair: they hear that nobody knows how far it came."""
    execution = greenlight.executions.all.get("repair-1")
    return execution is not None and execution.description()["status"] == "ABORTED"
