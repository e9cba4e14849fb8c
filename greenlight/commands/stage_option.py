"""The option that every command has: which stage it is about."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from greenlight_cdk.names import Names
from traffic_switch.contract import STAGE_VARIABLE
from traffic_switch.errors import SwitchError

from greenlight.errors import OperatorError
from greenlight.wording import at_stage

Command = Callable[..., None]


def with_stage(command: Command) -> Command:
    """Add `--stage`, say first which stage the command is about, and say it in what goes wrong too."""

    @click.option(
        "--stage", envvar=STAGE_VARIABLE, show_envvar=True, help="A stage of cdk.json; production when left out."
    )
    @wraps(command)
    def run(*, stage: str | None, **options: Any) -> None:
        if stage and not options.get("as_json"):
            click.echo(f"stage {stage}")
        try:
            command(stage=stage, **options)
        except (OperatorError, SwitchError) as error:
            raise _told(error, stage) from error

    return run


def _told(error: OperatorError | SwitchError, stage: str | None) -> OperatorError | SwitchError:
    """The error with the stage before it, unless it names it there already."""
    if not stage:
        return error
    said = error.message if isinstance(error, OperatorError) else str(error)
    return type(error)(
        at_stage(said if said.startswith(("stage ", "stage:")) else f"stage {stage}: {said}", Names(stage))
    )
