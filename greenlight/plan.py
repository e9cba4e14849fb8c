"""What a release or a rollback is about to do, worked out from what is live: pure, so that it can be tested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from traffic_switch.contract import Color
from traffic_switch.journal import Record
from traffic_switch.model import Live, Mode, Outcome, Weights

from greenlight.errors import ReleaseError
from greenlight.wording import imaged, printable
from stacks.settings import ServiceSettings, Settings

MOST_ATTEMPTS = 9999
"""What the setting `attempt` allows."""


@dataclass(frozen=True)
class Plan:
    """A service's three facts after the release, and what was live before. `attempt` makes a retry a change.

    `replaces` is the version that the color was deployed with last, if it is known to be another one. `digest` is that
    of the version's image, empty where it is not known; `recorded` says that the version's tag is on another one now.
    """

    service: str
    color: Color
    version: str
    other_version: str
    attempt: int
    live: Live | None
    replaces: str = ""
    digest: str = ""
    recorded: bool = False

    @property
    def title(self) -> str:
        """What is released, in two words."""
        return f"{self.service} {self.version}"

    @property
    def wanted(self) -> Live:
        """What is to be live in the end."""
        return Live(self.color, self.version, Weights.all_on(self.color))

    @property
    def flags(self) -> dict[str, str]:
        """The facts as flags of `cdk deploy`."""
        facts = {f"{self.service}.{key}": str(value) for key, value in self.facts.items()}
        return {**facts, "recorded_images": "true"} if self.recorded else facts

    @property
    def facts(self) -> dict[str, str | int]:
        """The facts as cdk.json declares them."""
        return {
            f"{self.color}_version": self.version,
            f"{self.color.other}_version": self.other_version,
            "active_color": self.color.value,
            "attempt": self.attempt,
        }

    def described(self) -> str:
        """One line that says what will happen."""
        now = f"{self.live.color} {imaged(self.live.version, self.live.digest)}" if self.live else "nothing"
        version = imaged(self.version, self.digest)
        first = f", which runs {self.replaces}, gets {version} again and" if self.replaces else f" {version}"
        return printable(f"{self.service}: {now} is live; {self.color}{first} goes live")


def release(
    service: ServiceSettings, version: str, live: Live | None, used: Iterable[int] = (), digest: str = ""
) -> Plan:
    """Put a version on the idle color and make it live. `used` are the attempts that the stack has had.

    The live color keeps the version that the journal remembers, whatever cdk.json says: a release never changes what
    is live in place.

    Raises:
        ReleaseError: that version is live already.
    """
    if live and live.version == version:
        raise ReleaseError(f"{service.name} {version} is live already, on {live.color}: there is nothing to release")
    color = live.color.other if live else (service.active_color or Color.BLUE)
    other_version = live.version if live else service.version(color.other)
    return Plan(
        service.name, color, version, other_version, next_attempt([service.attempt, *used]), live, digest=digest
    )


def rollback(
    service: ServiceSettings,
    live: Live | None,
    before: Live | None,
    running: Mapping[Color, str],
    used: Iterable[int] = (),
) -> Plan:
    """Make live again what was live before. `running` is what each color was deployed with last, as far as it is known.

    The other color may run something else by now: a release that was refused. Then the compute stack is deployed
    too, as for a release, so that it gets its old version back before it gets traffic.

    Raises:
        ReleaseError: nothing is live, or nothing is known of before.
    """
    if live is None:
        raise ReleaseError(f"nothing is live for {service.name}: there is nothing to take back")
    if before is None or before.color is live.color:
        raise ReleaseError(
            f"{service.name} has no earlier release to go back to: {live.color} {live.version} stays live. "
            "`greenlight history` shows what was released"
        )
    attempt = next_attempt([service.attempt, *used])
    found = running.get(before.color, before.version)
    replaces = found if found != before.version else ""
    return Plan(service.name, before.color, before.version, live.version, attempt, live, replaces, before.digest)


def previous(live: Live | None, switches: Iterable[Record]) -> Live | None:
    """What was live before the release that made `live` so. `switches` are the service's, the newest first.

    Raises:
        ReleaseError: the journal's item of that release is damaged.
    """
    for each in made(live, switches):
        if each.before is None:
            raise ReleaseError(
                f"the journal does not say what was live before {each.switch.color} {each.switch.version}: its item"
                f" switch#{each.switch.id} is damaged. Release the version that you want instead"
            )
        if each.before.live != live:
            return each.before.live
    return None


def made(live: Live | None, switches: Iterable[Record]) -> Iterator[Record]:
    """The releases that made `live` so, the newest first; the last of them may be of a time before another was live.

    A release that was refused, or taken back by itself, made nothing live. One of a version that was live is among
    them.
    """
    return (each for each in switches if _made(each, live))


def next_attempt(used: Iterable[int]) -> int:
    """An attempt that none of these is: CloudFormation acts on changes alone, and the switch tells a release from its
    own rollback by it. After the last one that the settings allow, it begins again.
    """
    attempt = max(used, default=0) + 1
    return attempt if attempt <= MOST_ATTEMPTS else 1


def _made(record: Record, live: Live | None) -> bool:
    done = record.switch.mode is Mode.RELEASE and record.outcome is Outcome.DONE and not record.undone
    return done and live is not None and (record.switch.color, record.switch.version) == (live.color, live.version)


def chosen(settings: Settings, name: str | None) -> ServiceSettings:
    """The service that a command is about: the named one, or the first.

    Raises:
        ReleaseError: no service has that name.
    """
    if name is None:
        return settings.services[0]
    for service in settings.services:
        if service.name == name:
            return service
    known = ", ".join(service.name for service in settings.services)
    raise ReleaseError(f"there is no service {name!r}; the services are {known}")
