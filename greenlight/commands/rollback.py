"""`greenlight rollback`: take the newest release back."""

from __future__ import annotations

from pathlib import Path

import click

from greenlight import plan as plans
from greenlight.commands.releasing import carry_out, confirm
from greenlight.deployed import Deployed
from greenlight.project import Project


@click.command()
@click.option("--service", help="The service; the first of cdk.json when left out.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--app", "assembly", type=click.Path(exists=True, path_type=Path), help="Use this synthesized assembly.")
def rollback(service: str | None, yes: bool, assembly: Path | None) -> None:
    """Make live again what was live before the newest release.

    Only the ReleaseStack is deployed: the old color still runs, and no container is touched.
    """
    project, deployed = Project.here(), Deployed()
    settings = project.settings()
    wanted = plans.chosen(settings, service)
    newest = deployed.journal.newest(wanted.name)
    before = deployed.journal.before(newest.switch.id) if newest else None
    scene = deployed.scene(wanted)
    plan = plans.rollback(wanted, scene.live, before, scene.weights)
    confirm(plan, settings, yes)
    carry_out(project, deployed, plan, ["GreenlightRelease"], assembly, exclusively=True)
