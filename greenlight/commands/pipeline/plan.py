"""`greenlight pipeline plan`: what a release of this commit would do, for whoever has to approve it."""

from __future__ import annotations

from pathlib import Path

import click
from traffic_switch.model import Live

from greenlight import plan as plans
from greenlight.changes import Change
from greenlight.commands.deploy import flags, host_flags, look
from greenlight.commands.expecting import NOTHING
from greenlight.commands.pipeline.service import INTO, wanted_version
from greenlight.commands.releasing import ready_scene, require_image
from greenlight.commands.selecting import differing, synthesize
from greenlight.commands.stage_option import with_stage
from greenlight.delivery.exports import write_exports
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.project import Project
from greenlight.wording import imaged, printable
from stacks.settings import ServiceSettings, Settings


@click.command()
@click.argument("name", metavar="SERVICE")
@INTO
@with_stage
def plan(name: str, into: Path, stage: str | None) -> None:
    """Say what a release of SERVICE's version in this commit would do, and hand on what was planned.

    LIVE and DIGEST are what `greenlight release --expect-live --expect-image` takes. A version that is live already is
    no release: the color is then the one that it has. Refused, as the release would be, while a switch runs, while the
    production rule is not as the journal says, and without an image. Says which stacks would change, and changes
    nothing.
    """
    project = Project.here(stage)
    deployed = Deployed(project.names)
    wanted = plans.chosen(project.settings(), name)
    version = wanted_version(project, wanted)
    settings = project.settings({f"{wanted.name}.green_version": version})
    _require_deployed(deployed, wanted)
    image = require_image(deployed, settings, wanted.name, version)
    live = ready_scene(deployed, wanted, settings).live
    if live and live.version == version:
        planned, color = None, live.color
        said = f"{wanted.name}: {color} {imaged(version, live.digest)} is live already: no version is released"
    else:
        planned = plans.release(wanted, version, live, deployed.attempts(wanted.name), image.digest)
        color, said = planned.color, planned.described()
    changes = _changes(project, deployed, settings, planned)
    write_exports(into, {"VERSION": version, "DIGEST": image.digest, "COLOR": color.value, "LIVE": _expected(live)})
    click.echo("\n".join([printable(said), *(f"  {change}" for change in changes)]))


def _require_deployed(deployed: Deployed, wanted: ServiceSettings) -> None:
    """A run plans onto what is there.

    Raises:
        ReleaseError: nothing of the service is.
    """
    if not deployed.has(wanted.name):
        raise ReleaseError(
            f"{wanted.name} is new: nothing of it is deployed here, so a run has nothing to release it onto. Somebody"
            f" deploys it once by hand, from this commit: push its image, then `greenlight deploy`, then"
            f" `npx cdk deploy {deployed.names.pipeline} --exclusively` (docs/pipeline.md, A service that is new)."
            " Nothing was changed"
        )


def _changes(project: Project, deployed: Deployed, settings: Settings, planned: plans.Plan | None) -> list[Change]:
    """What differs of every stack, the pipeline's too, though a release leaves that alone."""
    facts = {**flags(look(deployed, settings)), **host_flags(deployed, settings)}
    return differing(deployed, synthesize(project, {**facts, **(planned.flags if planned else {})}))


def _expected(live: Live | None) -> str:
    return f"{live.color} {live.version}" if live else NOTHING
