"""`greenlight repair`: make the production rule what the journal remembers again."""

from __future__ import annotations

import getpass
import time
import uuid

import click
from traffic_switch.model import Outcome

from greenlight import plan as plans
from greenlight.commands.releasing import settled_scene, tell
from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.follow import follow_to_end
from greenlight.journal_view import SwitchView
from greenlight.project import Project
from greenlight.readiness import SETTINGS_FIRST, unrepairable
from greenlight.scene import Scene
from greenlight.wording import at_stage, printable, sentence
from stacks.settings import ServiceSettings, Settings

START_SECONDS = 60
"""What the state machine may take to get under way, and the answer to come, besides the switch's own deadline."""
LEFT_RUNNING = "stopped following. A repair that was started goes on: `greenlight status` shows it"


@click.command()
@click.option("--service", help="The service; the first of cdk.json when left out.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reason", default="", help="Sent with the request.")
@with_stage
def repair(service: str | None, yes: bool, reason: str, stage: str | None) -> None:
    """Make the production rule what the journal remembers again: its weights, its paths, its priority.

    Shows what differs, asks, starts a switch, follows it, and reads the rule at the end. The live color has to be
    healthy and of the remembered version. A switch that died and was never settled is settled first.
    """
    project = Project.here(stage)
    deployed = Deployed(project.names)
    settings = project.settings()
    wanted = plans.chosen(settings, service)
    if not _needs_repair(deployed, wanted, settings):
        return
    if not yes:
        click.confirm("Go on?", abort=True)
    try:
        switch = _run(deployed, wanted.name, reason or f"asked by {getpass.getuser()}", settings)
    except KeyboardInterrupt:
        raise ReleaseError(LEFT_RUNNING) from None
    _look_afterwards(deployed, wanted, settings, switch)


def _needs_repair(deployed: Deployed, service: ServiceSettings, settings: Settings) -> bool:
    """Say what differs, or that nothing does.

    Raises:
        ReleaseError: a repair cannot help.
    """
    scene = settled_scene(deployed, service, settings)
    if refused := unrepairable(service.name, scene, time.time()):
        raise ReleaseError(printable(refused))
    if not scene.drift and not scene.lock:
        click.echo(f"nothing to repair: {printable(scene.traffic)}")
        return False
    if scene.lock:
        click.echo(printable(f"{service.name}: the switch {scene.lock.owner} died, and was never settled"))
    click.echo(printable(f"{service.name}: {at_stage(scene.drift or scene.traffic, deployed.names)}"))
    if scene.live:
        live = scene.live
        click.echo(printable(f"  {live.color} {live.version} is proved healthy, then the rule gets {live.weights}"))
    return True


def _run(deployed: Deployed, service: str, reason: str, settings: Settings) -> SwitchView | None:
    started = deployed.start_repair(service, str(uuid.uuid4()), reason)
    seconds = settings.switch_deadline_seconds + START_SECONDS
    return follow_to_end(deployed.journal, started, tell, seconds)


def _look_afterwards(
    deployed: Deployed, service: ServiceSettings, settings: Settings, switch: SwitchView | None
) -> None:
    """Say what the rule reads.

    Raises:
        ReleaseError: it is not repaired.
    """
    scene = settled_scene(deployed, service, settings)
    done = switch is not None and switch.outcome is Outcome.REPAIRED
    if done and not scene.drift:
        click.echo(f"{service.name} is repaired: {printable(scene.traffic)}")
        return
    raise ReleaseError(printable(f"{service.name} is not repaired: {_why(switch)}. Now {_now(scene)}"))


def _why(switch: SwitchView | None) -> str:
    if switch is None:
        return "the journal never showed the switch; look at its execution"
    if switch.outcome is Outcome.REPAIRED:
        return "the switch says REPAIRED, but the rule reads otherwise"
    if switch.outcome is None:
        return f"the switch {switch.switch.id} has not ended in time. `greenlight status` shows how it gets on"
    return f"{switch.outcome}: {sentence(switch.reason)}"


def _now(scene: Scene) -> str:
    return f"{scene.traffic}. {SETTINGS_FIRST}" if scene.rule.misplaced else scene.traffic
