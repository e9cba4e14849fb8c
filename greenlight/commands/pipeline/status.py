"""`greenlight pipeline status`: where the newest run stands, and why it stands there."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from greenlight.commands.stage_option import with_stage
from greenlight.delivery.deployed_pipeline import DeployedPipeline
from greenlight.delivery.run import Action, Run
from greenlight.project import Project
from greenlight.wording import printable

SHORT = 12
"""How many characters of a commit are shown."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
@with_stage
def status(as_json: bool, stage: str | None) -> None:
    """Show the newest run: its commit, each action with its link, and why one failed.

    What is live is another question: `greenlight status`.
    """
    deployed = DeployedPipeline(Project.here(stage).names.pipeline)
    run = deployed.newest()
    hint = deployed.hint(run)
    if as_json:
        facts = {"stage": stage, "pipeline": deployed.name, "run": _facts(run), "hint": hint}
        click.echo(json.dumps(facts, indent=2))
        return
    click.echo("\n".join([*_lines(deployed.name, run), *([printable(hint)] if hint else [])]))


def _facts(run: Run | None) -> dict[str, Any] | None:
    return {**asdict(run), "standing": run.standing} if run else None


def _lines(name: str, run: Run | None) -> list[str]:
    if run is None:
        return [f"{name} has had no run yet"]
    first = f"{name}: run {run.id} {run.standing}"
    subject = printable(run.message.partition("\n")[0])
    commit = f"  commit {run.commit[:SHORT]} {subject} {run.commit_link}".rstrip()
    return [first, *([commit] if run.commit else []), *(line for each in run.actions for line in _told(each))]


def _told(action: Action) -> list[str]:
    """One line, and what there is to know and to look at below it."""
    told = [f"  {action.stage:<8} {action.name:<20} {action.status}"]
    return [*told, *(f"           {printable(each)}" for each in (action.said, action.link) if each)]
