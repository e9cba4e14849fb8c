"""`greenlight release VERSION`: put a version on the idle color and make it live."""

from __future__ import annotations

from pathlib import Path

import click

from greenlight import plan as plans
from greenlight.commands.releasing import carry_out, confirm
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.project import Project


@click.command()
@click.argument("version")
@click.option("--service", help="The service; the first of cdk.json when left out.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--app", "assembly", type=click.Path(exists=True, path_type=Path), help="Use this synthesized assembly.")
def release(version: str, service: str | None, yes: bool, assembly: Path | None) -> None:
    """Release VERSION: an image tag in the service's repository.

    Finds the idle color, shows what is about to happen, runs the real `cdk deploy`, follows the switch live, and writes
    the new facts into cdk.json.
    """
    project, deployed = Project.here(), Deployed()
    wanted = plans.chosen(project.settings(), service)
    settings = project.settings({f"{wanted.name}.green_version": version})
    if not deployed.has_image(wanted.name, version):
        raise ReleaseError(
            f"there is no image {version} in the repository greenlight/{wanted.name}: push it first, "
            "then release it. Nothing was changed"
        )
    plan = plans.release(wanted, version, deployed.scene(wanted).live)
    confirm(plan, settings, yes)
    carry_out(project, deployed, plan, [], assembly, exclusively=False)
