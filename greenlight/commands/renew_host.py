"""`greenlight renew-host`: a new EC2 host with the newest image, under traffic, in the place of the old one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from host_age.judgment import Host
from traffic_switch.contract import Color

from greenlight import cdk
from greenlight.commands.deploying import run
from greenlight.commands.releasing import ready_scene
from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.project import Project
from greenlight.templates import synthesized, versions
from greenlight.wording import printable
from stacks.options.compute import RENEWED_AT
from stacks.settings import ServiceSettings, Settings

LEFT_RUNNING = (
    "stopped following. CloudFormation goes on: it ends the old host when both colors are healthy on the new one, and"
    " the new one when they are not. When it has ended, the output HostRenewedAt of the stack {stack} belongs into"
    " cdk.json as {setting}, or the next deploy renews the host again"
)


@click.command("renew-host")
@click.option("--if-due", is_flag=True, help="Do nothing before the host has reached host_max_age_days.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--app", "assembly", type=click.Path(exists=True, path_type=Path), help="Use this synthesized assembly.")
@with_stage
def renew_host(if_due: bool, yes: bool, assembly: Path | None, stage: str | None) -> None:
    """Replace the EC2 host by a new one with the newest image.

    The new host starts beside the old one. Each color leaves the old host when it is healthy on the new one; then
    the old one ends. Which color is live does not change. If a color does not get healthy, everything stays as it is.
    Writes the time into cdk.json. Refused while a switch runs, and while what is deployed is not what is declared.
    """
    project = Project.here(stage)
    settings, deployed = project.settings(), Deployed(project.names)
    if settings.compute != "ec2":
        raise ReleaseError("compute is fargate, which has no host: each new task starts on one that AWS has patched")
    old, now = deployed.host(), time.time()
    click.echo(
        f"{old.described(now) if old else 'the host is gone'}; host_max_age_days is {settings.host_max_age_days}"
    )
    if if_due and old and not old.is_due(settings.host_max_age_days, now):
        click.echo("it is not due: nothing was changed")
        return
    _require_ready(settings, deployed, assembly)
    if not yes:
        click.echo("a new host gets both colors of every service, one after the other; then the old one ends")
        click.confirm("Go on?", abort=True)
    _deploy(project, assembly, _moment(now))
    _look_afterwards(project, deployed, old)


def _require_ready(settings: Settings, deployed: Deployed, assembly: Path | None) -> None:
    """Look at every service.

    Raises:
        ReleaseError: a switch runs, a rule has drifted, or a deploy would change a version in passing.
    """
    for service in settings.services:
        ready_scene(deployed, service, settings)
        running = deployed.versions(service.name, settings.compute)
        wanted = _declared(service, assembly, deployed)
        for color in Color:
            if running.get(color) != wanted.get(color):
                raise ReleaseError(
                    f"declared is {color} {wanted.get(color)} of {service.name}, deployed {running.get(color)}: make"
                    " them the same first (`greenlight record` declares what is live). Nothing was changed"
                )


def _declared(service: ServiceSettings, assembly: Path | None, deployed: Deployed) -> Mapping[Color, str]:
    """The versions that the deploy would bring along."""
    if assembly is None:
        return {color: service.version(color) for color in Color}
    return versions(synthesized(assembly, deployed.names.compute_stack("ec2")), service.name)


def _deploy(project: Project, assembly: Path | None, moment: str) -> None:
    """Deploy the compute stack with a new time.

    Raises:
        ReleaseError: it failed, or was interrupted.
    """
    stack = project.names.compute_stack("ec2")
    command = cdk.deploy([stack], flags={RENEWED_AT: moment}, assembly=assembly, exclusively=True, stage=project.stage)
    try:
        ended = run(command, project, lambda: None)
    except KeyboardInterrupt:
        raise ReleaseError(LEFT_RUNNING.format(stack=stack, setting=RENEWED_AT)) from None
    if ended.code:
        raise ReleaseError(printable(f"the host was not renewed, and the old one goes on: {ended.why}"))


def _look_afterwards(project: Project, deployed: Deployed, old: Host | None) -> None:
    """Write down what the stack says, once the host is another one.

    Raises:
        ReleaseError: it is not.
    """
    new = deployed.host()
    if new is None or (old and new.instance_id == old.instance_id):
        raise ReleaseError("the deploy ended well, but the host is the same: `greenlight doctor` says how old it is")
    project.declare_host(deployed.host_renewed_at())
    click.echo(f"{new.instance_id} runs both colors{f', and {old.instance_id} has ended' if old else ''}")


def _moment(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%MZ")
