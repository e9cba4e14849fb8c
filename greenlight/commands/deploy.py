"""`greenlight deploy`: everything as it is declared, with the versions that are there. No release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click
from traffic_switch.model import Live

from greenlight.changes import Change
from greenlight.commands.deploying import ALLOW, CUT_OFF, UNREADABLE, Deploy, Ended, carry_through
from greenlight.commands.releasing import ready_scene, settled_scene, tell
from greenlight.commands.removing import REMOVE, Removal, deployed_services, look_for_removals, require_meant
from greenlight.commands.resting import live_at_rest
from greenlight.commands.selecting import differing, in_reach, synthesize
from greenlight.commands.stage_option import with_stage
from greenlight.commands.watching import Watch
from greenlight.credentials import unusable
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.facts import Facts, as_live, unrecorded_host
from greenlight.project import Project
from greenlight.scene import Scene
from greenlight.wording import imaged, printable, sentence
from stacks.options.compute import NEVER
from stacks.settings import ServiceSettings, Settings


@dataclass(frozen=True)
class Standing:
    """A service, what is live of it, and the facts that change nothing of that."""

    service: ServiceSettings
    live: Live | None
    facts: Facts

    def __str__(self) -> str:
        name, service = self.service.name, self.service
        if self.live:
            return f"{name}: {self.live.color} {imaged(self.live.version, self.live.digest)} is live, and stays live"
        color = service.active_color or "blue"
        versions = f"blue {service.blue_version} and green {service.green_version}"
        return f"{name}: nothing is live yet: {versions} are deployed, as cdk.json has them, and {color} goes live"


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(ALLOW, "may_widen", is_flag=True, help="Do not ask about permissions either that a stack would widen.")
@click.option(REMOVE, "may_remove", is_flag=True, help="With --yes: remove services that cdk.json lacks, too.")
@with_stage
def deploy(yes: bool, may_widen: bool, may_remove: bool, stage: str | None) -> None:
    """Deploy every stack but an administrator's as code and cdk.json declare it, and release nothing.

    Each color keeps the version that it has, whatever cdk.json says, and no color is asked for: which one is live does
    not change. Of a service that is not live yet, cdk.json's versions are deployed, and one goes live. Says what
    will change, asks, runs the real `cdk deploy`, and looks whether what was live still is. Refused while a switch
    runs, and while the production rule sends traffic of which the journal knows nothing. Permissions (IAM, security
    groups) that a stack would widen are shown, and asked about. So is a service that is deployed, and that cdk.json
    lacks: it would be removed.
    """
    project = Project.here(stage)
    deployed, settings = Deployed(project.names), project.settings()
    standings, removals = look(deployed, settings), look_for_removals(deployed, settings)
    click.echo("\n".join(map(printable, [*standings, *removals])))
    require_meant(removals, yes, may_remove)
    facts = {**flags(standings), **host_flags(deployed, settings)}
    assembly = synthesize(project, facts)
    changes = differing(deployed, assembly, project.names.administered)
    if not changes:
        click.echo("every stack is deployed as it is declared: nothing was deployed")
        return
    confirm(changes, removals, yes)
    if (look(deployed, settings), look_for_removals(deployed, settings)) != (standings, removals):
        raise ReleaseError("what is live changed meanwhile. Nothing was deployed: run `greenlight deploy` again")
    watch = Watch(deployed, [each.service.name for each in standings], tell)
    wanted = Deploy(in_reach(project, assembly), assembly, may_widen)
    ended = carry_through(wanted, project, facts, watch.look)
    report(deployed, settings, standings, ended)


def look(deployed: Deployed, settings: Settings) -> list[Standing]:
    """Every service as it stands; a journal that is not there yet knows of none.

    Raises:
        ReleaseError: a switch of one runs, or what is live is not as the journal says.
    """
    if not deployed.has_journal:
        return [Standing(service, None, {}) for service in settings.services]
    there = deployed_services(deployed)
    return [_standing(deployed, service, settings, service.name in there) for service in settings.services]


def _standing(deployed: Deployed, service: ServiceSettings, settings: Settings, is_deployed: bool) -> Standing:
    live = live_at_rest(deployed, service.name)
    if live is None and is_deployed:
        ready_scene(deployed, service, settings)
    return Standing(service, live, as_live(service, live, deployed.versions(service.name, settings.compute)))


def flags(standings: Sequence[Standing]) -> dict[str, str]:
    """The facts of all services as flags of `cdk synth`."""
    return {f"{each.service.name}.{key}": str(value) for each in standings for key, value in each.facts.items()}


def host_flags(deployed: Deployed, settings: Settings) -> dict[str, str]:
    """The host stays the one that is there, whatever cdk.json knows of it, as a flag of `cdk synth`."""
    renewed_at = deployed.host_renewed_at() if settings.compute == "ec2" else NEVER
    return {key: str(value) for key, value in unrecorded_host(settings, renewed_at).items()}


def confirm(changes: Sequence[Change], removals: Sequence[Removal], yes: bool) -> None:
    """Say which stacks will change, and ask; of a service that goes, with its name."""
    for change in changes:
        click.echo(f"  {change}")
    if not yes:
        names = " and ".join(printable(each.service) for each in removals)
        click.confirm(f"Go on, and remove {names}?" if names else "Go on?", abort=True)


def report(deployed: Deployed, settings: Settings, standings: Sequence[Standing], ended: Ended) -> None:
    """Say what is live now.

    Raises:
        ReleaseError: the deploy failed, something else is live than before, or nobody can say.
    """
    failed = f"the deploy failed: {sentence(ended.why)}" if ended.code else ""
    if failed and not any(each.live for each in standings):
        raise ReleaseError(printable(f"{failed}. Nothing of it was live before; `greenlight doctor` says more"))
    try:
        scenes = [(each, settled_scene(deployed, each.service, settings)) for each in standings]
    except UNREADABLE as error:
        raise ReleaseError(printable(_unseen(failed, error))) from error
    now = [_now(standing, scene) for standing, scene in scenes]
    if failed:
        raise ReleaseError(f"{failed}. {'; '.join(now)}")
    click.echo("\n".join(now))


def _now(standing: Standing, scene: Scene) -> str:
    """What is live now, and how the rule differs from it.

    Raises:
        ReleaseError: it is another version or color than before.
    """
    was, live, name = standing.live, scene.live, standing.service.name
    if was and (live is None or (live.color, live.version) != (was.color, was.version)):
        raise ReleaseError(
            printable(
                f"{name}: {was.color} {was.version} was live, and now {scene.traffic}. This deploy asked for no color:"
                " `greenlight history` says who did"
            )
        )
    said = f"{name}: {live.color} {live.version} is live" if live else f"{name}: nothing is live"
    return printable(f"{said}. {scene.drift}" if scene.drift and not scene.lock else said)


def _unseen(failed: str, error: BaseException) -> str:
    lost = unusable(error)
    if failed and lost:
        return f"{sentence(lost)}. {CUT_OFF}. Then run `greenlight deploy` again"
    said = sentence(lost or error)
    return f"{failed or 'the deploy ended well'}. What is live could not be read: {said}. See `greenlight status`"
