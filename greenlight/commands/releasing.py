"""What `release` and `rollback` share: show the plan, deploy it, follow the switch, write down the facts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from greenlight import cdk
from greenlight.deployed import Deployed
from greenlight.deployment import Deployment
from greenlight.errors import ReleaseError
from greenlight.follow import Follower
from greenlight.plan import Plan
from greenlight.project import Project
from stacks.settings import Settings


def confirm(plan: Plan, settings: Settings, yes: bool) -> None:
    """Say what is about to happen and how long it takes, and ask."""
    gate = settings.gate_interval_seconds * (settings.gate_consecutive - 1)
    click.echo(plan.described())
    click.echo(
        f"  traffic moves {gate} s or more after the color is deployed (at most {settings.gate_deadline_seconds} s), "
        f"is watched for {settings.bake_seconds} s, and returns by itself if that goes wrong"
    )
    if not yes:
        click.confirm("Go on?", abort=True)


def carry_out(
    project: Project, deployed: Deployed, plan: Plan, stacks: Sequence[str], assembly: Path | None, exclusively: bool
) -> None:
    """Deploy the plan and follow its switch.

    Raises:
        ReleaseError: the deploy failed; the message says why, and where the traffic is.
    """
    follower = Follower(deployed.journal, plan.service, _tell)
    command = cdk.deploy(stacks, flags=plan.flags, assembly=assembly, exclusively=exclusively)
    log = project.folder / "build" / "deploy.log"
    with Deployment(command, cdk.environment(), project.folder, log) as deployment:
        try:
            code = deployment.follow(follower.look, click.echo)
        except KeyboardInterrupt:
            raise ReleaseError(_left_running()) from None
        if code:
            raise ReleaseError(_failed(follower, deployment, plan))
    project.declare(plan.service, plan.facts)
    click.echo(f"{plan.service} {plan.version} is live on {plan.color}")


def _tell(phase: str, said: str) -> None:
    click.echo(f"  {phase:<9} {said}")


def _failed(follower: Follower, deployment: Deployment, plan: Plan) -> str:
    seen = follower.seen
    why = seen.reason if seen and seen.reason else deployment.why()
    return f"{plan.service} {plan.version} is not live on {plan.color}: {why}. `greenlight status` shows what is live"


def _left_running() -> str:
    return (
        "stopped following. CloudFormation goes on with the deploy: `greenlight status` shows it, "
        "`greenlight abort` lets the running switch take itself back"
    )
