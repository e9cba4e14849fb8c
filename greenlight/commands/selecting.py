"""Which stacks are not as they are declared: of a release, compute and release alone, unless another one differs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from greenlight import cdk
from greenlight.changes import Change
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
    assembly = deploy.assembly or synthesize(project, plan.flags)
    spared = (project.names.compute_stack(compute), project.names.stack("Release"))
    if others := differing(deployed, assembly, (*spared, *project.names.administered)):
        named = ", ".join(change.stack for change in others)
        click.echo(f"  deployed too, since it is not as it is declared: {named}")
        return replace(deploy, assembly=assembly, stacks=in_reach(project, assembly))
    return replace(deploy, assembly=assembly, stacks=spared)


def differing(deployed: Deployed, assembly: Path, spared: Collection[str] = ()) -> list[Change]:
    """The stacks of an assembly, but for those `spared`, that are not deployed as they are there."""
    stacks = [stack for stack in stacks_of(assembly) if stack not in spared]
    changes = [Change(stack, deployed.template(stack), synthesized(assembly, stack)) for stack in stacks]
    return [change for change in changes if change]


def in_reach(project: Project, assembly: Path) -> Sequence[str]:
    """All stacks but those that an administrator deploys; nothing, which means all, where there are none."""
    stacks = stacks_of(assembly)
    others = [stack for stack in stacks if stack not in project.names.administered]
    return others if len(others) < len(stacks) else ()


def synthesize(project: Project, flags: Mapping[str, str]) -> Path:
    """The folder of the synthesized templates.

    Raises:
        ReleaseError: there are none; the message says why.
    """
    folder = Path("build") / "cdk.out" / (project.stage or "release")
    ended = run(cdk.synth(folder, flags=flags, stage=project.stage), project, lambda: None)
    if ended.code:
        raise ReleaseError(f"the templates cannot be synthesized: {ended.why}. Nothing was changed")
    return project.folder / folder
