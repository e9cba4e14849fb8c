"""The command line: `greenlight COMMAND`."""

from __future__ import annotations

import click

from greenlight.commands.abort import abort
from greenlight.commands.rehearse import rehearse
from greenlight.commands.release import release
from greenlight.commands.rollback import rollback
from greenlight.commands.status import status


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="greenlight")
def main() -> None:
    """Blue/green releases on AWS, rehearsed on this machine first."""


for command in (rehearse, release, rollback, abort, status):
    main.add_command(command)
