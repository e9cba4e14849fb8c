"""What a release or a rollback is about to do, worked out from what is live: pure, so that it can be tested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from traffic_switch.contract import Color
from traffic_switch.image import KnownImage
from traffic_switch.journal import Record
from traffic_switch.model import Live, Mode, Outcome, Weights
from traffic_switch.one_way import leads_back, passes, refusal

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
    `one_way`: the version is declared to be a one-way door. `undoes` is the door that it goes back through, if any.
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
    one_way: bool = False
    undoes: str = ""

    @property
    def is_door(self) -> bool:
        """Whether users go through a one-way door, from which nothing leads back by itself."""
        return self.one_way and self.live is not None and self.version not in (self.live.version, self.live.door)

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
        undo = {f"{self.service}.{key}": value for key, value in self._back_through.items()}
        return {**facts, **undo, "recorded_images": "true"} if self.recorded else {**facts, **undo}

    @property
    def _back_through(self) -> dict[str, str]:
        """What is released to go back through a door is none itself, whatever cdk.json says."""
        return {"undo_one_way": self.undoes, "one_way": "null"} if self.undoes else {}

    @property
    def facts(self) -> dict[str, str | int]:
        """The facts as cdk.json declares them."""
        return {
            f"{self.color}_version": self.version,
            f"{self.color.other}_version": self.other_version,
            "active_color": self.color.value,
            "attempt": self.attempt,
            **({"one_way": self.version} if self.one_way else {}),
        }

    def described(self) -> str:
        """One line that says what will happen."""
        now = f"{self.live.color} {imaged(self.live.version, self.live.digest)}" if self.live else "nothing"
        version = imaged(self.version, self.digest)
        first = f", which runs {self.replaces}, gets {version} again and" if self.replaces else f" {version}"
        door = f", back through the one-way door {self.undoes}" if self.undoes else ""
        door = ", through a one-way door" if self.is_door else door
        return printable(f"{self.service}: {now} is live; {self.color}{first} goes live{door}")

    def when_wrong(self) -> str:
        """What becomes of the traffic when the new version behaves badly."""
        if not self.is_door:
            return "returns by itself if that goes wrong"
        return printable(
            f"STAYS THERE if that goes wrong, since {self.version} is a one-way door: it is held, and somebody is paged"
        )


def release(
    service: ServiceSettings,
    version: str,
    live: Live | None,
    used: Iterable[int] = (),
    digest: str = "",
    *,
    one_way: bool = False,
    undoes: str = "",
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
    attempt = next_attempt([service.attempt, *used])
    declared = (one_way or service.one_way == version) and not undoes
    return Plan(
        service.name, color, version, other_version, attempt, live, digest=digest, one_way=declared, undoes=undoes
    )


def rollback(
    service: ServiceSettings,
    live: Live | None,
    before: Live | None,
    running: Mapping[Color, str],
    used: Iterable[int] = (),
    *,
    undo_one_way: bool = False,
) -> Plan:
    """Make live again what was live before. `running` is what each color was deployed with last, as far as it is known.

    The other color may run something else by now: a release that was refused. Then the compute stack is deployed
    too, as for a release, so that it gets its old version back before it gets traffic.

    Raises:
        ReleaseError: nothing is live, nothing is known of before, or that lies behind a one-way door and
            `undo_one_way` does not let it.
    """
    if live is None:
        raise ReleaseError(f"nothing is live for {service.name}: there is nothing to take back")
    if before is None or before.color is live.color:
        raise ReleaseError(
            f"{service.name} has no earlier release to go back to: {live.color} {live.version} stays live. "
            "`greenlight history` shows what was released"
        )
    undoes = live.door if before.version != live.door != before.door else ""
    require_word(service.name, live, before.version, undoes, undo_one_way)
    attempt = next_attempt([service.attempt, *used])
    found = running.get(before.color, before.version)
    replaces = found if found != before.version else ""
    version, other = before.version, live.version
    is_door = service.one_way == version and not undoes
    return Plan(
        service.name,
        before.color,
        version,
        other,
        attempt,
        live,
        replaces,
        before.digest,
        one_way=is_door,
        undoes=undoes,
    )


def door_behind(live: Live | None, version: str, known: KnownImage | None) -> str:
    """The one-way door that a release of a version goes back through; empty where it goes through none.

    What was never deployed is new, so that it lies behind no door.
    """
    return live.door if live and known and leads_back(live, version, known) else ""


def require_word(service: str, live: Live, version: str, undoes: str, given: bool) -> None:
    """Insist on a person's word.

    Raises:
        ReleaseError: going to this version leads back through the door `undoes`, and nobody said that it may.
    """
    if undoes and not given:
        raise ReleaseError(printable(f"{service}: {refusal(live, version)}. Nothing was changed"))


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
    them, and so is a one-way door that is held: it stayed.
    """
    return (each for each in switches if _made(each, live))


def next_attempt(used: Iterable[int]) -> int:
    """An attempt that none of these is: CloudFormation acts on changes alone, and the switch tells a release from its
    own rollback by it. After the last one that the settings allow, it begins again.
    """
    attempt = max(used, default=0) + 1
    return attempt if attempt <= MOST_ATTEMPTS else 1


def _made(record: Record, live: Live | None) -> bool:
    stayed = record.is_open and passes(record.switch, record.before)
    done = record.switch.mode is Mode.RELEASE and (record.outcome is Outcome.DONE or stayed) and not record.undone
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
