"""`greenlight rollback`: make live again what was live before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from greenlight import plan as plans
from greenlight.commands.deploying import ALLOW, Deploy
from greenlight.commands.releasing import bound, carry_out, confirm, ready_scene, require_image
from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.project import Project


@click.command()
@click.option("--service", help="The service; the first of cdk.json when left out.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(ALLOW, "may_widen", is_flag=True, help="Do not ask about permissions either that a stack would widen.")
@click.option("--app", "assembly", type=click.Path(exists=True, path_type=Path), help="Use this synthesized assembly.")
@click.option("--undo-one-way", is_flag=True, help="Go back through a one-way door, whose data is then not read.")
@with_stage
def rollback(
    service: str | None, yes: bool, may_widen: bool, assembly: Path | None, undo_one_way: bool, stage: str | None
) -> None:
    """Make live again what was live before the release that made live what is live now.

    Only the ReleaseStack is deployed, and no container is touched, if the old color still runs its version. If it got
    another one since, by a release that was refused, it is given the old version back first: the image that it was,
    though its tag may have moved. Refused while a switch of the service is running, and while the production rule is
    not as the journal says; and back through a one-way door without --undo-one-way.
    """
    project = Project.here(stage)
    deployed = Deployed(project.names)
    settings = project.settings()
    wanted = plans.chosen(settings, service)
    live = ready_scene(deployed, wanted, settings).live
    before = plans.previous(live, deployed.journal.switches(wanted.name))
    running = deployed.versions(wanted.name, settings.compute)
    used = deployed.attempts(wanted.name)
    plan = plans.rollback(wanted, live, before, running, used, undo_one_way=undo_one_way)
    if plan.replaces:
        image = require_image(deployed, settings, wanted.name, plan.version, recorded_images=True)
        plan = replace(plan, digest=image.digest, recorded=image.moved)
    plan = bound(plan, deployed, assembly)
    confirm(plan, settings, yes)
    stacks = () if plan.replaces else (project.names.stack("Release"),)
    carry_out(project, deployed, plan, wanted, settings, Deploy(stacks, assembly, may_widen))
