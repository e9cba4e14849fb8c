"""What a release or a rollback is about to do, worked out from what is live: pure, so that it can be tested."""

from __future__ import annotations

from dataclasses import dataclass

from traffic_switch.contract import Color
from traffic_switch.model import Live, Weights

from greenlight.errors import ReleaseError
from stacks.settings import ServiceSettings, Settings


@dataclass(frozen=True)
class Plan:
    """A service's three facts after the release, and what was live before. `attempt` makes a retry a change."""

    service: str
    color: Color
    version: str
    other_version: str
    attempt: int
    live: Live | None

    @property
    def flags(self) -> dict[str, str]:
        """The facts as flags of `cdk deploy`."""
        return {f"{self.service}.{key}": str(value) for key, value in self.facts.items()}

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
        now = f"{self.live.color} {self.live.version}" if self.live else "nothing"
        return f"{self.service}: {now} is live; {self.color} {self.version} goes live"


def release(service: ServiceSettings, version: str, live: Live | None) -> Plan:
    """Put a version on the idle color and make it live.

    The live color keeps the version that the journal remembers, whatever cdk.json says: a release never changes what
    is live in place.

    Raises:
        ReleaseError: that version is live already.
    """
    if live and live.version == version:
        raise ReleaseError(f"{service.name} {version} is live already, on {live.color}: there is nothing to release")
    color = live.color.other if live else (service.active_color or Color.BLUE)
    other_version = live.version if live else service.version(color.other)
    return Plan(service.name, color, version, other_version, _attempt(service, color, version), live)


def rollback(service: ServiceSettings, live: Live | None, before: Live | None, weights: Weights | None) -> Plan:
    """Make live again what was live before the newest release.

    When the traffic is not where the journal remembers it (a rollback was held, or somebody changed the rule), that is
    what comes back.

    Raises:
        ReleaseError: nothing is live, or nothing is known of before.
    """
    if live is None:
        raise ReleaseError(f"nothing is live for {service.name}: there is nothing to take back")
    if weights != live.weights:
        attempt = _attempt(service, live.color, live.version)
        return Plan(service.name, live.color, live.version, service.version(live.color.other), attempt, live)
    if before is None or before.color is live.color:
        raise ReleaseError(
            f"{service.name} has no earlier release to go back to: {live.color} {live.version} stays live"
        )
    attempt = _attempt(service, before.color, before.version)
    return Plan(service.name, before.color, before.version, live.version, attempt, live)


def _attempt(service: ServiceSettings, color: Color, version: str) -> int:
    """The declared facts say the same already, yet something else is live: only a new attempt is a change."""
    same = service.active_color is color and service.version(color) == version
    return service.attempt + 1 if same else 1


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
