"""`greenlight rotate-preview`: new secret values for the way in to the colors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.errors import RotationError
from greenlight.project import Project
from greenlight.wording import printable


@click.command("rotate-preview")
@with_stage
def rotate_preview(stage: str | None) -> None:
    """Replace the secret values of the preview header, for every color of every service.

    Takes about a minute. A release that runs goes on: the old values stay valid for half an hour to an hour. No value
    is shown.
    """
    refused = [_tell(told) for told in Deployed(Project.here(stage).names).rotate_preview()]
    if any(refused):
        raise RotationError(printable("; ".join(filter(None, refused))))


def _tell(told: Mapping[str, Any]) -> str:
    """Say what was rotated; return why nothing was, if so."""
    if not told["refused"]:
        click.echo(printable(f"rotated: {', '.join(told['rotated'])}"))
        click.echo(printable(f"the old values stay valid until {told['old_until']}, and half an hour longer at most"))
    return str(told["refused"])
