"""`greenlight pipeline sbom` and `attach`: what is in an image and where it comes from, kept beside it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from greenlight_cdk.platforms import Platform

from greenlight import plan as plans
from greenlight.commands.pipeline.platform_option import with_platform
from greenlight.commands.pipeline.service import wanted_version
from greenlight.commands.stage_option import with_stage
from greenlight.delivery.attachment import PROVENANCE_TYPE, SBOM_TYPE, Attachment
from greenlight.delivery.provenance import Origin, statement
from greenlight.delivery.sbom import write_sbom
from greenlight.delivery.service_images import ServiceImages
from greenlight.project import Project

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("name", metavar="SERVICE")
@click.argument("archive", type=FILE)
@click.option("--into", type=click.Path(path_type=Path), required=True, help="The file that gets the list.")
@with_stage
def sbom(name: str, archive: Path, into: Path, stage: str | None) -> None:
    """List what is in ARCHIVE, an image of SERVICE as `docker save` writes it, as CycloneDX JSON. Asks nobody."""
    project = Project.here(stage)
    wanted = plans.chosen(project.settings(), name)
    count = write_sbom(archive, into, service=wanted.name, version=wanted_version(project, wanted))
    click.echo(f"{wanted.name}: {count} components are listed in {into}")


@click.command()
@click.argument("name", metavar="SERVICE")
@click.argument("digest")
@click.option("--sbom", "listed", type=FILE, required=True, help="The list that `greenlight pipeline sbom` wrote.")
@click.option("--built-from", metavar="COMMIT", help="The commit that this build built the image from.")
@with_platform
@with_stage
def attach(
    name: str, digest: str, listed: Path, built_from: str | None, platform: Platform | None, stage: str | None
) -> None:
    """Keep the list of what is in the image DIGEST of SERVICE beside it, in the same repository.

    Of an index it is kept beside its image for the platform. With --built-from its provenance too. What is
    there already stays.
    """
    settings = Project.here(stage).settings()
    wanted = plans.chosen(settings, name)
    repository = settings.registry_names.repository(wanted.name)
    built_for = platform or settings.image_platform
    images = ServiceImages(repository)
    subject = images.of_platform(digest, built_for)
    attachments = [Attachment("sbom", SBOM_TYPE, listed.read_bytes())]
    if built_from:
        repository_of_source = settings.pipeline_repository or settings.github_repository or ""
        origin = Origin(repository_of_source, wanted.source, built_from, built_for)
        attachments.append(_provenance(repository, subject, origin))
    for each in attachments:
        said = "is kept as" if images.attach(subject, each) else "was there already, as"
        click.echo(f"{wanted.name}: its {each.kind} {said} {each.tag(subject)}")


def _provenance(repository: str, digest: str, origin: Origin) -> Attachment:
    said = statement(repository, digest, origin, os.environ)
    return Attachment("provenance", PROVENANCE_TYPE, json.dumps(said, sort_keys=True).encode())
