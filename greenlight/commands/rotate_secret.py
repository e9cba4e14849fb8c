"""`greenlight rotate-secret`: the next step of a rotation that signs nobody out."""

from __future__ import annotations

import time

import click

from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.deployed_stack import DeployedStack
from greenlight.errors import RotationError
from greenlight.plan import chosen
from greenlight.project import Project
from greenlight.secret_rotation.creation import Creation
from greenlight.secret_rotation.secret import ServiceSecret
from greenlight.secret_rotation.steps import DOING, FOLLOWING, Next, Value, next_step
from greenlight.wording import iso, printable
from stacks.options.secret import SecretSettings, secret_id
from stacks.settings import ServiceSettings, Settings

OVERLAP_HOURS = 25.0
"""A session of the shop lives for 24 hours after its last request; ECS may drain a task that signs with the old one."""


@click.command("rotate-secret")
@click.option("--service", help="The first one when left out.")
@click.option("--name", help="The variable of the secret; not needed where the service has one.")
@click.option("--status", "only_look", is_flag=True, help="Say where the rotation stands, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--overlap-hours",
    type=click.FloatRange(min=0),
    default=OVERLAP_HOURS,
    show_default=True,
    help="How long the old value is accepted once both colors sign with the new one: longer than a session lives.",
)
@with_stage
def rotate_secret(
    service: str | None, name: str | None, only_look: bool, yes: bool, overlap_hours: float, stage: str | None
) -> None:
    """Take the next step of rotating a secret of a service: append a new value, put it first, drop the old one.

    Each step is told to containers as they are created: release to both colors, one after the other, before the next.
    Refused while a color may not know the step before. No value is shown.
    """
    project = Project.here(stage)
    settings, deployed = project.settings(), Deployed(project.names)
    about = chosen(settings, service)
    secret = _secret(deployed, about, _declared(about, name))
    value, following = _looked(deployed, settings, about, secret, overlap_hours)
    if only_look:
        return
    if following.why_not:
        raise RotationError(printable(f"nothing was changed: {following.why_not}"))
    if not yes:
        click.confirm("Go on?", abort=True)
    secret.take(following.step, value)
    click.echo(f"done. Now release to both colors, one after the other; then: {DOING[FOLLOWING[following.step]]}")


def _looked(
    deployed: Deployed, settings: Settings, service: ServiceSettings, secret: ServiceSecret, overlap_hours: float
) -> tuple[Value, Next]:
    """Look, and say what was seen and what is next."""
    value = secret.value()
    versions = deployed.versions(service.name, settings.compute)
    colors = Creation(deployed.names, service.name, settings.compute, versions).of_both()
    done = f"the last step: {value.step}" if value.step else "no step of a rotation"
    click.echo(f"{value.values} {'values' if value.values > 1 else 'value'}, {done}, at {iso(value.written_at)}")
    for color, created in colors.items():
        since = f"created after {iso(created.not_before)}" if created.not_before else "no container"
        known = "knows it" if created.knows(value) else "may not know it yet"
        click.echo(f"  {printable(f'{color} {created.version}: {since}, {known}')}")
    following = next_step(value, colors, time.time(), overlap_hours)
    click.echo(f"next: {DOING[following.step]}")
    if following.why_not:
        click.echo(printable(f"not yet: {following.why_not}"))
    return value, following


def _declared(service: ServiceSettings, name: str | None) -> SecretSettings:
    """The secret that is meant.

    Raises:
        RotationError: there is none, or it has to be named.
    """
    known = {each.variable: each for each in service.secrets}
    if name in known:
        return known[name]
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    named = ", ".join(known) or "none"
    raise RotationError(printable(f"--name: got {name or 'nothing'}; the secrets of {service.name} are {named}"))


def _secret(deployed: Deployed, service: ServiceSettings, declared: SecretSettings) -> ServiceSecret:
    data = DeployedStack(deployed.names.stack("Data"))
    arn = data.output(f"{secret_id(service.name, declared.variable)}Arn")
    click.echo(printable(f"{declared.variable} of {service.name}"))
    return ServiceSecret(arn, declared.length)
