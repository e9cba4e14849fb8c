"""What `release` and `rollback` share: show the plan, deploy it, follow the switch, write down the facts."""

from __future__ import annotations

import time
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

CLOCK_SKEW_SECONDS = 60.0


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
    follower = Follower(deployed.journal, plan.service, time.time() - _skew(deployed, plan), _tell)
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


def _skew(deployed: Deployed, plan: Plan) -> float:
    """Clocks differ, but a release that was asked for before this one must not be mistaken for it."""
    newest = deployed.journal.newest(plan.service)
    return min(CLOCK_SKEW_SECONDS, max(0.0, time.time() - newest.started_at - 0.001)) if newest else CLOCK_SKEW_SECONDS


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
