"""`greenlight pipeline inspect`: looks through an image that was built, before it is pushed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from greenlight_cdk.platforms import Platform
from traffic_switch.contract import Color

from greenlight import plan as plans
from greenlight.commands.pipeline.platform_option import with_platform
from greenlight.commands.stage_option import with_stage
from greenlight.delivery.growth import grown, megabytes
from greenlight.delivery.image_archive import ImageArchive
from greenlight.delivery.leaks import leaks
from greenlight.delivery.service_images import ServiceImages
from greenlight.delivery.waivers import FILE, LEAK, read_waivers
from greenlight.errors import ReleaseError
from greenlight.project import Project
from greenlight.wording import printable
from stacks.settings import ServiceSettings, Settings

SHOWN = 10


@click.command()
@click.argument("name", metavar="SERVICE")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_platform
@with_stage
def inspect(name: str, archive: Path, platform: Platform | None, stage: str | None) -> None:
    """Look through ARCHIVE, an image of SERVICE as `docker save` writes it, before it is pushed.

    Refused with a secret in its history or in any of its layers, and when it is larger than the images that run by
    more than `image_growth_percent` allows; of an index, its image for the platform. Changes nothing.
    """
    project = Project.here(stage)
    settings = project.settings()
    wanted = plans.chosen(settings, name)
    image = ImageArchive(archive)
    _refuse_leaks(wanted, image, project.folder / FILE)
    click.echo(_weighed(project, settings, wanted, platform or settings.image_platform, image.pushed_bytes()))


def _refuse_leaks(service: ServiceSettings, image: ImageArchive, waivers: Path) -> None:
    today = datetime.now(UTC).date()
    accepted = [each for each in read_waivers(waivers, today) if each.id == LEAK]
    found = []
    for leak in dict.fromkeys(leaks(image.history(), image.files())):
        waiver = next((each for each in accepted if each.covers(LEAK, f"{service.name}: {leak}", today)), None)
        if waiver:
            click.echo(printable(f"accepted until {waiver.until}: {waiver.of}: {waiver.reason}"))
        else:
            found.append(leak)
    if found:
        more = f", and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise ReleaseError(
            f"the image of {service.name} has {printable(', '.join(found[:SHOWN]))}{more}, for whoever pulls it;"
            " allowed: none. Mount what a build may know: RUN --mount=type=secret (docs/pipeline.md), and make the key"
            f" anew if others saw it. What is no secret is accepted for a while in {FILE}, as {LEAK!r} of"
            f" {printable(f'{service.name}: {found[0]}')!r}. Nothing was pushed"
        )


def _weighed(project: Project, settings: Settings, service: ServiceSettings, platform: Platform, size: int) -> str:
    images = ServiceImages(settings.registry_names.repository(service.name))
    running = images.sizes(map(project.names.running_tag, Color), platform)
    growth, limit = grown(size, running), settings.image_growth_percent
    if growth is None:
        return f"{service.name}: {megabytes(size)} to push; nothing runs yet to compare it with"
    compared = f"{megabytes(size)}, {growth:+d} % against {megabytes(max(running.values()))}, the largest that runs"
    if limit is not None and growth > limit:
        raise ReleaseError(
            f"the image of {service.name} is {compared}; allowed: +{limit} % (image_growth_percent). Look what it has"
            " that the last one had not, or raise that setting in this commit. Nothing was pushed"
        )
    return f"{service.name}: {compared}"
