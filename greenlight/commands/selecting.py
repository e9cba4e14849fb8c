"""Which stacks a release deploys: compute and release alone, unless another one differs from what is deployed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from greenlight import cdk
from greenlight.commands.deploying import Deploy, run
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.plan import Plan
from greenlight.project import Project
from greenlight.templates import stacks_of, synthesized


def select(deploy: Deploy, project: Project, deployed: Deployed, plan: Plan, compute: str) -> Deploy:
    """Synthesize, unless that was done, and leave out what would not change.

    CloudFormation would make a change set of each stack to find that out. A stack that differs is deployed, as it
    would be by `cdk deploy --all`: the settings guard is in one of them, and a release must not get past it.
    """
    assembly = deploy.assembly or _synthesize(project, plan)
    spared = (project.names.compute_stack(compute), project.names.stack("Release"))
    others = [stack for stack in stacks_of(assembly) if stack not in spared]
    if differing := [stack for stack in others if deployed.template(stack) != synthesized(assembly, stack)]:
        click.echo(f"  deployed too, since it is not as it is declared: {', '.join(differing)}")
        return replace(deploy, assembly=assembly)
    return replace(deploy, assembly=assembly, stacks=spared)


def _synthesize(project: Project, plan: Plan) -> Path:
    """The folder of the synthesized templates.

    Raises:
        ReleaseError: there are none; the message says why.
    """
    folder = Path("build") / "cdk.out" / (project.stage or "release")
    ended = run(cdk.synth(folder, flags=plan.flags, stage=project.stage), project, lambda: None)
    if ended.code:
        raise ReleaseError(f"the templates cannot be synthesized: {ended.why}. Nothing was changed")
    return project.folder / folder
