"""`greenlight pipeline service`: which version of a service this commit is, and where its source is."""

from __future__ import annotations

from pathlib import Path

import click

from greenlight import plan as plans
from greenlight.commands.stage_option import with_stage
from greenlight.delivery.exports import write_exports
from greenlight.delivery.intent import intended_version
from greenlight.project import Project
from stacks.settings import ServiceSettings

INTO = click.option(
    "--into", type=click.Path(path_type=Path), required=True, help="The file that gets what is handed on, as exports."
)


@click.command()
@click.argument("name", metavar="SERVICE")
@INTO
@with_stage
def service(name: str, into: Path, stage: str | None) -> None:
    """Write SERVICE's VERSION in this commit, its FOLDER and the REPOSITORY of its images into a file of exports.

    CACHE_REPOSITORY is that of what its builds keep, empty where they keep nothing. The version is what the service's
    file VERSION says, or its package.json.
    """
    project = Project.here(stage)
    settings = project.settings()
    wanted = plans.chosen(settings, name)
    version = wanted_version(project, wanted)
    repository = settings.registry_names.repository(wanted.name)
    cache = settings.names.build_cache(wanted.name) if settings.has_build_cache else ""
    write_exports(
        into, {"VERSION": version, "FOLDER": wanted.source, "REPOSITORY": repository, "CACHE_REPOSITORY": cache}
    )
    click.echo(f"{wanted.name} is {version} in this commit, from {wanted.source}")


def wanted_version(project: Project, service: ServiceSettings) -> str:
    """The version that this commit wants live.

    Raises:
        ProjectError: it says none, or one that no image tag can be.
    """
    version = intended_version(project.folder / service.source)
    project.settings({f"{service.name}.green_version": version})
    return version
