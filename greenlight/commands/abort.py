"""`greenlight abort`: let the running switch take itself back."""

from __future__ import annotations

import getpass
import time

import click
from live_traffic.running_switch import refusal
from traffic_switch.model import Mode
from traffic_switch.one_way import passes

from greenlight import plan as plans
from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.project import Project
from greenlight.wording import printable


@click.command()
@click.option("--service", help="The service; the first of cdk.json when left out.")
@click.option("--reason", default="", help="Kept in the journal and told to everybody who is notified.")
@with_stage
def abort(service: str | None, reason: str, stage: str | None) -> None:
    """Stop the running release at its next look (gate or bake); traffic returns by the ordinary rollback.

    A one-way door's traffic that has moved is held where it is: `greenlight rollback --undo-one-way` takes it back.
    """
    project = Project.here(stage)
    deployed = Deployed(project.names)
    wanted = plans.chosen(project.settings(), service)
    owner, is_door = _running(deployed, wanted.name)
    deployed.journal.ask_to_abort(owner, reason or f"asked by {getpass.getuser()}")
    end = (
        "end at its next look, and hold its traffic if that has moved: it is a one-way door"
        if is_door
        else ("take itself back at its next look")
    )
    click.echo(printable(f"the switch {owner} of {wanted.name} will {end}"))


def _running(deployed: Deployed, service: str) -> tuple[str, bool]:
    """The id of the running release, and whether it leads through a one-way door.

    Restores, repairs and removals have no look at which they could stop.
    """
    lock = deployed.journal.lock(service)
    if lock is None:
        raise ReleaseError(f"no switch of {service} is running: there is nothing to abort")
    if not lock.owner or lock.deadline < time.time():
        raise ReleaseError(printable(refusal(service, lock, time.time())))
    switch = deployed.journal.switch(lock.owner)
    if switch and switch.switch.mode is not Mode.RELEASE:
        raise ReleaseError(
            f"the running switch {lock.owner} of {service} is a {switch.switch.mode}, which ends by itself: only a"
            " release can be aborted. `greenlight status` shows how it gets on"
        )
    return lock.owner, bool(switch and passes(switch.switch, switch.before))
