"""The command line: `greenlight COMMAND`."""

from __future__ import annotations

import io
import os
import sys

import click
from botocore.exceptions import BotoCoreError, ClientError
from traffic_switch.errors import SwitchError

from greenlight import INTERRUPTED
from greenlight.commands.abort import abort
from greenlight.commands.deploy import deploy
from greenlight.commands.doctor import doctor
from greenlight.commands.history import history
from greenlight.commands.pipeline.group import pipeline
from greenlight.commands.record import record
from greenlight.commands.rehearse import rehearse
from greenlight.commands.release import release
from greenlight.commands.renew_host import renew_host
from greenlight.commands.repair import repair
from greenlight.commands.rollback import rollback
from greenlight.commands.rotate_preview import rotate_preview
from greenlight.commands.rotate_secret import rotate_secret
from greenlight.commands.scan import scan
from greenlight.commands.status import status
from greenlight.credentials import unusable
from greenlight.region import agree
from greenlight.wording import printable


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="greenlight")
@click.pass_context
def commands(context: click.Context) -> None:
    """Blue/green releases on AWS, rehearsed on this machine first."""
    if context.invoked_subcommand != rehearse.name:
        agree(os.environ)


for command in (
    rehearse,
    doctor,
    deploy,
    release,
    rollback,
    record,
    repair,
    renew_host,
    abort,
    status,
    history,
    rotate_preview,
    rotate_secret,
    scan,
    pipeline,
):
    commands.add_command(command)


def main() -> None:
    """Run a command. Whatever is wrong with the request is one line, and the exit code says that it failed.

    A sign that the terminal's encoding does not have becomes a question mark.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        sys.exit(commands.main(standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"greenlight: {printable(error.format_message())}", err=True)
        sys.exit(error.exit_code)
    except click.Abort as error:
        interrupted = isinstance(error.__cause__, KeyboardInterrupt)
        said = "interrupted; nothing is left running" if interrupted else "not confirmed; nothing was changed"
        click.echo(f"greenlight: {said}", err=True)
        sys.exit(INTERRUPTED if interrupted else 1)
    except SwitchError as error:
        click.echo(f"greenlight: {printable(error)}", err=True)
        sys.exit(1)
    except (ClientError, BotoCoreError, OSError) as error:
        click.echo(f"greenlight: {printable(_said_outside(error))}", err=True)
        sys.exit(1)


def _said_outside(error: ClientError | BotoCoreError | OSError) -> str:
    """What AWS, or this machine, says, and where to look."""
    if isinstance(error, ClientError | BotoCoreError):
        refused = f"AWS refused or did not answer: {error}. Check credentials, region and permissions"
        return unusable(error) or refused
    return f"{error}. Look at this machine's disk and permissions"
