"""`greenlight release VERSION`: put a version on the idle color and make it live."""

from __future__ import annotations

from pathlib import Path

import click

from greenlight import plan as plans
from greenlight.commands.deploying import ALLOW, Deploy
from greenlight.commands.releasing import bound, carry_out, confirm, ready_scene, require_image
from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.project import Project


@click.command()
@click.argument("version")
@click.option("--service", help="The service; the first of cdk.json when left out.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(ALLOW, "may_widen", is_flag=True, help="Do not ask about permissions either that a stack would widen.")
@click.option("--app", "assembly", type=click.Path(exists=True, path_type=Path), help="Use this synthesized assembly.")
@with_stage
def release(
    version: str, service: str | None, yes: bool, may_widen: bool, assembly: Path | None, stage: str | None
) -> None:
    """Release VERSION: an image tag in the service's repository.

    Finds the idle color, shows what is about to happen, runs the real `cdk deploy`, follows the switch live, looks
    whether VERSION is live, and writes the new facts into cdk.json. Of a VERSION that is live already, and not declared
    so, it writes the facts alone. Refused while a switch of the service is running,
    and while the production rule is not as the journal says. Permissions (IAM, security groups) that a stack would
    widen are shown, and asked about.
    """
    project = Project.here(stage)
    deployed = Deployed(project.names)
    wanted = plans.chosen(project.settings(), service)
    settings = project.settings({f"{wanted.name}.green_version": version})
    require_image(deployed, settings, wanted.name, version)
    live = ready_scene(deployed, wanted, settings).live
    if facts := plans.undeclared(wanted, version, live, deployed.asked(wanted.name)):
        project.declare(wanted.name, facts)
        click.echo(f"{wanted.name} {version} is live already, and cdk.json declares it now: nothing was deployed")
        return
    plan = bound(plans.release(wanted, version, live, deployed.attempts(wanted.name)), deployed, assembly)
    confirm(plan, settings, yes)
    carry_out(project, deployed, plan, wanted, settings, Deploy(assembly=assembly, may_widen=may_widen))
