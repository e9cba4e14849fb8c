"""`greenlight doctor`: say before a deploy what AWS would say after ten minutes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import boto3
import click
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from greenlight.commands.stage_option import with_stage
from greenlight.credentials import unusable
from greenlight.doctor.account import judge_identity
from greenlight.doctor.checks import Doctor
from greenlight.doctor.examination import Tell, examine, unheard
from greenlight.doctor.finding import Examined, Finding, has_problem, problem
from greenlight.doctor.ports import account
from greenlight.doctor.ports.aws import Aws
from greenlight.doctor.ports.upkeep import cli_versions
from greenlight.doctor.telling import document, show
from greenlight.doctor.upkeep import judge_tools
from greenlight.project import CHECKOUT, Project
from greenlight.wording import sentence

SECONDS = 20.0
"""For all checks together; they take two or three when AWS answers as usual."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
@with_stage
def doctor(as_json: bool, stage: str | None) -> None:
    """Look for what would make a deploy or a release fail, and change nothing.

    One line for each check, with the repair. Exits with 1 when something would fail; a warning does not.
    """
    project = Project.here(stage)
    with _waiting(quiet=as_json) as tell:
        examined = examination(project, tell)
    if as_json:
        click.echo(document(examined, project.names))
    else:
        show(examined, Console(), project.names)
    sys.exit(1 if has_problem(examined) else 0)


def examination(project: Project, tell: Tell = unheard, aws: Aws | None = None) -> list[Examined]:
    """Every check of a project; without credentials that work, only what needs none.

    `aws` is for whoever looks more than once.
    """
    project.settings()
    tools = Examined("tools", tuple(judge_tools(*cli_versions(CHECKOUT))))
    try:
        aws = aws or Aws(boto3.Session())
        identity = account.identity(aws)
    except (ClientError, BotoCoreError) as error:
        return [tools, Examined("credentials", (_refused(error),))]
    credentials = Examined("credentials", judge_identity(identity))
    return [tools, credentials, *examine(Doctor(project, aws, identity).checks(), SECONDS, tell)]


def _refused(error: BaseException) -> Finding:
    said = unusable(error) or f"AWS could not be asked who you are: {sentence(error)}"
    return problem(said, "nothing else was checked; `aws sts get-caller-identity` has to work first")


@contextmanager
def _waiting(quiet: bool) -> Iterator[Tell]:
    """Show on the terminal which checks have not answered yet."""
    with Console(stderr=True, quiet=quiet).status("asking AWS") as status:

        def tell(waiting: Sequence[str]) -> None:
            status.update(f"asking AWS: {', '.join(waiting)}")

        yield tell
