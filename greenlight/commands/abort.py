"""`greenlight abort`: let the running switch take itself back."""

from __future__ import annotations

import getpass

import click

from greenlight import plan as plans
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.project import Project


@click.command()
@click.option("--service", help="The service; the first of cdk.json when left out.")
@click.option("--reason", default="", help="Kept in the journal and told to everybody who is notified.")
def abort(service: str | None, reason: str) -> None:
    """Stop the running switch at its next look (gate or bake); traffic returns by the ordinary rollback."""
    project, deployed = Project.here(), Deployed()
    wanted = plans.chosen(project.settings(), service)
    owner = deployed.journal.lock_owner(wanted.name)
    if not owner:
        raise ReleaseError(f"no switch of {wanted.name} is running: there is nothing to abort")
    deployed.journal.ask_to_abort(owner, reason or f"asked by {getpass.getuser()}")
    click.echo(f"the switch {owner} of {wanted.name} will take itself back at its next look")
