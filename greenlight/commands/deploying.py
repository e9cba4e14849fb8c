"""The `cdk deploy` of every command, which asks before it widens permissions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
from botocore.exceptions import BotoCoreError, ClientError
from traffic_switch.contract import STAGE_VARIABLE
from traffic_switch.errors import SwitchError

from greenlight import cdk
from greenlight.deployment import Deployment
from greenlight.errors import ReleaseError
from greenlight.processes.owner import Processes
from greenlight.project import Project
from greenlight.security_changes import security_changes

LEFT_RUNNING = (
    "stopped following. CloudFormation goes on with the deploy: `greenlight status` shows it, "
    "`greenlight abort` lets the running switch take itself back"
)
ALLOW = "--allow-security-changes"
CUT_OFF = (
    "That cut the deploy off: CloudFormation finishes the stack that it is at, and nothing after it; a switch that runs"
    " goes on to its own end"
)
UNREADABLE = (click.ClickException, SwitchError, ClientError, BotoCoreError)
"""What a look ends in that AWS, or the journal, does not answer."""
Look = Callable[[], None]


@dataclass(frozen=True)
class Deploy:
    """What is deployed: these stacks alone, or everything; from an assembly, or synthesized.

    `may_widen` says that whoever typed the command allows changes of IAM and of security groups unseen.
    """

    stacks: Sequence[str] = ()
    assembly: Path | None = None
    may_widen: bool = False


@dataclass(frozen=True)
class Ended:
    """How the CDK CLI ended: its exit code, what it says went wrong, and all that it printed."""

    code: int
    why: str
    output: str


def carry_through(deploy: Deploy, project: Project, flags: Mapping[str, str], look: Look) -> Ended:
    """Deploy, and ask about each stack that would widen permissions before it is touched. `look` is called meanwhile.

    Stacks that come before it are deployed by then, which is why it can be deployed by itself once it is allowed; what
    comes after it is asked about in its turn.

    Raises:
        ReleaseError: it was not allowed, or nobody is there to be asked.
    """
    while True:
        ended = _deploy(deploy, project, flags, look)
        changes = security_changes(ended.output) if ended.code else {}
        if not changes:
            return ended
        _require_approval(changes)
        ended = _deploy(replace(deploy, stacks=list(changes), may_widen=True), project, flags, look)
        if ended.code:
            return ended


def can_ask() -> bool:
    """Whether a person sits at a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _require_approval(changes: Mapping[str, str]) -> None:
    for stack, tables in changes.items():
        click.echo(f"{stack} would widen permissions:\n{tables}")
    held = f"{' and '.join(changes)} would widen permissions, which needs somebody's consent"
    done = "Nothing of it was deployed, traffic has not moved, and cdk.json is unchanged"
    if not can_ask():
        raise ReleaseError(f"{held}. {done}. Type the command at a terminal, or add {ALLOW}")
    if not _is_confirmed():
        raise ReleaseError(f"{held}. {done}")


def _is_confirmed() -> bool:
    """Ask; Ctrl-C is a no. Stacks that come before may be deployed, so that it is not as if nothing had been begun."""
    try:
        return click.confirm("Deploy these changes?")
    except click.Abort:
        return False


def run(command: Sequence[str], project: Project, look: Look) -> Ended:
    """Run the CDK CLI to its end, and call `look` meanwhile."""
    log = project.folder / "build" / f"deploy{f'-{project.stage}' if project.stage else ''}.log"
    environment = cdk.environment({STAGE_VARIABLE: project.stage or ""})
    with (
        Processes() as processes,
        Deployment(command, environment, project.folder, log, processes) as deployment,
    ):
        code = deployment.follow(look, click.echo)
        return Ended(code, deployment.why() if code else "", deployment.output)


def _deploy(deploy: Deploy, project: Project, flags: Mapping[str, str], look: Look) -> Ended:
    command = cdk.deploy(
        deploy.stacks,
        flags=flags,
        assembly=deploy.assembly,
        exclusively=bool(deploy.stacks),
        stage=project.stage,
        may_widen=deploy.may_widen,
    )
    try:
        return run(command, project, look)
    except KeyboardInterrupt:
        raise ReleaseError(LEFT_RUNNING) from None
