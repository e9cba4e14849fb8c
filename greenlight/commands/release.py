"""`greenlight release VERSION`: put a version on the idle color and make it live."""

from __future__ import annotations

from pathlib import Path

import click
from traffic_switch.model import Live

from greenlight import plan as plans
from greenlight.commands.deploying import ALLOW, Deploy
from greenlight.commands.expecting import EXPECTED, EXPECTED_IMAGE, require_expected, require_expected_image
from greenlight.commands.releasing import bound, carry_out, confirm, ready_scene, require_image
from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.facts import as_live, unrecorded
from greenlight.project import Project
from stacks.settings import ServiceSettings


@click.command()
@click.argument("version")
@click.option("--service", help="The service; the first of cdk.json when left out.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(ALLOW, "may_widen", is_flag=True, help="Do not ask about permissions either that a stack would widen.")
@click.option("--app", "assembly", type=click.Path(exists=True, path_type=Path), help="Use this synthesized assembly.")
@click.option("--if-needed", is_flag=True, help="A VERSION that is live already is a success, and nothing is written.")
@click.option(
    "--expect-live",
    "expected",
    type=EXPECTED,
    help='Release only while this is live: "green 1.4.0" for instance, or nothing.',
)
@click.option(
    "--expect-image",
    "expected_image",
    type=EXPECTED_IMAGE,
    help="Release only while VERSION is this image: sha256:… as a plan found it.",
)
@click.option("--one-way", is_flag=True, help="VERSION writes data that what is live cannot read: a one-way door.")
@click.option("--undo-one-way", is_flag=True, help="Go back through a one-way door all the same, to VERSION.")
@with_stage
def release(
    version: str,
    service: str | None,
    yes: bool,
    may_widen: bool,
    assembly: Path | None,
    if_needed: bool,
    expected: str | None,
    expected_image: str | None,
    one_way: bool,
    undo_one_way: bool,
    stage: str | None,
) -> None:
    """Release VERSION: an image tag in the service's repository.

    Finds the idle color, shows what is about to happen, runs the real `cdk deploy`, follows the switch live, looks
    whether VERSION is live, and writes the new facts into cdk.json. Of a VERSION that is live already, and not declared
    so, it writes the facts alone. Refused while a switch of the service is running, and while the production rule is
    not as the journal says. Permissions (IAM, security groups) that a stack would widen are shown, and asked about.
    Once the traffic of a one-way door has moved, the switch does not take it back by itself; and what was deployed
    before one is released again with --undo-one-way alone.
    """
    project = Project.here(stage)
    deployed = Deployed(project.names)
    wanted = plans.chosen(project.settings(), service)
    settings = project.settings({f"{wanted.name}.green_version": version})
    image = require_image(deployed, settings, wanted.name, version)
    live = ready_scene(deployed, wanted, settings).live
    if live and live.version == version and _is_done(project, deployed, wanted, live, if_needed):
        return
    require_expected(wanted.name, live, expected)
    require_expected_image(wanted.name, version, image.digest, expected_image)
    undoes = plans.door_behind(live, version, image.known)
    if live:
        plans.require_word(wanted.name, live, version, undoes, undo_one_way)
    used = deployed.attempts(wanted.name)
    plan = plans.release(wanted, version, live, used, image.digest, one_way=one_way, undoes=undoes)
    plan = bound(plan, deployed, assembly)
    confirm(plan, settings, yes)
    carry_out(project, deployed, plan, wanted, settings, Deploy(assembly=assembly, may_widen=may_widen))


def _is_done(project: Project, deployed: Deployed, wanted: ServiceSettings, live: Live, if_needed: bool) -> bool:
    """Whether there is nothing to do for a version that is live: it need not be released, or was not declared."""
    title = f"{wanted.name} {live.version} is live already"
    if if_needed:
        click.echo(f"{title}, on {live.color}: nothing was deployed")
        return True
    as_live(wanted, live, deployed.versions(wanted.name, project.settings().compute))
    facts = unrecorded(wanted, live, deployed.journal.switches(wanted.name))
    if facts:
        project.declare(wanted.name, facts)
        click.echo(f"{title}, and cdk.json declares it now: nothing was deployed")
    return bool(facts)
