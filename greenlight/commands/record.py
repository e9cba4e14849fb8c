"""`greenlight record`: write into cdk.json what the journal knows to be live."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click
from traffic_switch.model import Live

from greenlight.commands.deploy import host_flags
from greenlight.commands.removing import deployed_services
from greenlight.commands.resting import live_at_rest
from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.errors import ProjectError, ReleaseError
from greenlight.facts import Facts, as_live, unrecorded
from greenlight.project import Project
from greenlight.wording import printable
from stacks.options.compute import RENEWED_AT
from stacks.settings import Settings


@dataclass(frozen=True)
class Found:
    """What is live of a service, and what cdk.json does not say of it."""

    service: str
    live: Live | None
    missing: Facts

    def __str__(self) -> str:
        if self.live is None:
            return f"{self.service}: nothing is live, so cdk.json is left as it is"
        what = f"{self.service}: {self.live.color} {self.live.version} is live"
        written = ", ".join(f"{key} {value}" for key, value in self.missing.items())
        return f"{what}, and written into cdk.json: {written}" if written else f"{what}, and already recorded"

    @property
    def facts(self) -> dict[str, Any]:
        """For other programs."""
        live = {"color": self.live.color, "version": self.live.version} if self.live else None
        return {"service": self.service, "live": live, "written": dict(self.missing)}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
@click.option("--if-any", is_flag=True, help="Where nothing is live yet, write nothing, and end well.")
@with_stage
def record(as_json: bool, if_any: bool, stage: str | None) -> None:
    """Write into cdk.json what is live, as the journal knows it: what `greenlight release` writes at its end.

    For releases that were never written down: by a pipeline, from another checkout, by a command that was cut off.
    Changes nothing else in the file, and nothing at all when it says so already. Refused while a switch runs, when
    nothing is live, and when the live color was deployed with another version than the journal remembers. On EC2 it
    writes when the host was renewed, too, where cdk.json does not know of it.
    """
    project = Project.here(stage)
    deployed, settings = Deployed(project.names), project.settings()
    found = list(look(deployed, settings))
    _require_all(deployed, found, if_any)
    missing = {each.service: each.missing for each in found if each.missing}
    if missing:
        _require_unmoved(deployed, found)
        project.declare_all(missing, "what is live is known")
    host = host_flags(deployed, settings)
    if host:
        project.declare_host(host[RENEWED_AT])
    if as_json:
        services = [each.facts for each in found]
        click.echo(json.dumps({"stage": stage, "services": services, "written": host}, indent=2))
        return
    renewed = [f"the host was renewed, and written into cdk.json: {key} {value}" for key, value in host.items()]
    click.echo("\n".join(map(printable, [*found, *renewed])))


def look(deployed: Deployed, settings: Settings) -> Iterator[Found]:
    """What the journal knows of each service.

    Raises:
        ReleaseError: a switch of one is running, or the live color is not as the journal says.
    """
    for service in settings.services:
        live = live_at_rest(deployed, service.name)
        as_live(service, live, deployed.versions(service.name, settings.compute))
        switches = deployed.journal.switches(service.name) if live else []
        yield Found(service.name, live, unrecorded(service, live, switches))


def _require_unmoved(deployed: Deployed, found: Sequence[Found]) -> None:
    """Look again, right before something is written: to read all switches takes its time.

    Raises:
        ReleaseError: a switch runs by now, or has ended since.
    """
    for each in found:
        if live_at_rest(deployed, each.service) != each.live:
            raise ReleaseError(f"{each.service}: what is live changed meanwhile. Nothing was written: run this again")


def _require_all(deployed: Deployed, found: Sequence[Found], if_any: bool) -> None:
    """Refuse to record a part.

    Raises:
        ReleaseError: nothing is live, and `if_any` does not let that pass.
        ProjectError: cdk.json lacks a service that is deployed.
    """
    if not (if_any or any(each.live for each in found)):
        raise ReleaseError("the journal is empty: nothing is live, so there is nothing to record. Nothing was written")
    known = {each.service for each in found}
    if lacking := [name for name in deployed_services(deployed) if name not in known]:
        raise ProjectError(
            f"cdk.json has no service {' and '.join(map(repr, lacking))}, which is deployed: take it back from git, or"
            " deploy without it (`greenlight deploy`) first. Nothing was written"
        )
