"""The services that `greenlight deploy` would remove: deployed, and not in cdk.json. Seldom is that meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from traffic_switch.model import Live

from greenlight.commands.resting import live_at_rest
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.templates import services_asked
from greenlight.wording import printable
from stacks.settings import Settings

REMOVE = "--remove-services"


@dataclass(frozen=True)
class Removal:
    """A service that goes, and what is live of it."""

    service: str
    live: Live | None

    def __str__(self) -> str:
        now = f"{self.live.color} {self.live.version} is live" if self.live else "nothing is live"
        return f"{self.service}: {now}, and cdk.json has no such service: REMOVED, with its users served no more"


def look_for_removals(deployed: Deployed, settings: Settings) -> list[Removal]:
    """Every service that is deployed, and that the settings lack.

    Raises:
        ReleaseError: a switch of one runs.
    """
    known = {service.name for service in settings.services}
    gone = [name for name in deployed_services(deployed) if name not in known]
    return [Removal(name, live_at_rest(deployed, name) if deployed.has_journal else None) for name in gone]


def deployed_services(deployed: Deployed) -> list[str]:
    """The services that GreenlightRelease has."""
    return services_asked(deployed.template(deployed.names.stack("Release")))


def require_meant(removals: Sequence[Removal], yes: bool, may_remove: bool) -> None:
    """Refuse to remove a service where nobody is asked.

    Raises:
        ReleaseError: `yes` answers for everything, and this was not allowed.
    """
    if removals and yes and not may_remove:
        names = " and ".join(repr(each.service) for each in removals)
        raise ReleaseError(
            printable(
                f"this would remove the service {names}, which cdk.json lacks: take it back from git, or add {REMOVE}"
                " if its users shall be served no more. Nothing was changed"
            )
        )
