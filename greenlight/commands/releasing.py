"""What `release` and `rollback` share: look, show the plan, deploy it, follow the switch, look again."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import click
from traffic_switch.model import Mode, Outcome
from traffic_switch.verdict import Verdict
from version_guard.sighting import Sighting, judge_images

from greenlight.commands.deploying import CUT_OFF, UNREADABLE, Deploy, Ended, carry_through
from greenlight.commands.selecting import select
from greenlight.credentials import unusable
from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.follow import Follower
from greenlight.plan import Plan
from greenlight.project import Project
from greenlight.readiness import unmet, unready
from greenlight.scene import PATIENCE, PAUSE_SECONDS, Scene
from greenlight.templates import asked, doors, synthesized
from greenlight.waiting import awaited
from greenlight.wording import printable, sentence
from stacks.settings import ServiceSettings, Settings


def settled_scene(deployed: Deployed, service: ServiceSettings, settings: Settings) -> Scene:
    """Look at a service until the rule is as the journal says, a switch is seen to run, or patience ends."""
    patience = PATIENCE * settings.write_settle_seconds
    return awaited(lambda: deployed.scene(service), lambda seen: seen.lock or not seen.drift, patience, PAUSE_SECONDS)


def ready_scene(deployed: Deployed, service: ServiceSettings, settings: Settings) -> Scene:
    """Look at a service that is to be changed.

    Raises:
        ReleaseError: a switch of it is running, or the rule is not as the journal says.
    """
    scene = settled_scene(deployed, service, settings)
    if refused := unready(service.name, scene, time.time()):
        raise ReleaseError(printable(refused))
    return scene


def require_image(
    deployed: Deployed, settings: Settings, service: str, version: str, *, recorded_images: bool = False
) -> Sighting:
    """Look which image a version is. `recorded_images` takes the one that it was, wherever its tag is now.

    Raises:
        ReleaseError: it has none, or another one than it was.
    """
    owner = settings.registry_names
    repository = owner.repository(service)
    seen = deployed.sighting(service, version, owner)
    if not seen.digest:
        raise ReleaseError(
            f"there is no image {version} in the repository {repository}: push it first, "
            "then release it. Nothing was changed"
        )
    allowed = recorded_images or settings.recorded_images
    judgment = judge_images(service, repository, [seen], (), recorded_images=allowed)
    if judgment.verdict is Verdict.FAIL:
        raise ReleaseError(printable(f"{judgment.reason}. Nothing was changed"))
    return seen


def bound(plan: Plan, deployed: Deployed, assembly: Path | None) -> Plan:
    """The plan as a synthesized assembly has it: flags have no effect on that.

    Raises:
        ReleaseError: the assembly asks for something else, or for what the stack has already.
    """
    if assembly is None:
        return plan
    stack = deployed.names.stack("Release")
    there = asked(synthesized(assembly, stack), plan.service)
    if there is None or (there.color, there.version) != (plan.color, plan.version):
        said = f"{there.color} {there.version}".strip() if there else "nothing"
        raise ReleaseError(
            f"the assembly {assembly} asks for {said} of {plan.service}, wanted {plan.color} {plan.version}:"
            " synthesize it with these flags, or leave --app out"
        )
    if there == deployed.asked(plan.service):
        raise ReleaseError(
            f"the assembly {assembly} asks for what the stack {stack} has already, attempt {there.attempt}, so"
            f" that nothing would happen: synthesize it with attempt {plan.attempt}, or leave --app out"
        )
    if (there.one_way, there.undoes) != (plan.one_way, plan.undoes):
        raise ReleaseError(
            f"the assembly {assembly} says of one-way doors: {there.doors}, wanted {doors(plan.one_way, plan.undoes)}:"
            " synthesize it with these flags, or leave --app out"
        )
    return replace(plan, attempt=there.attempt)


def confirm(plan: Plan, settings: Settings, yes: bool) -> None:
    """Say what is about to happen and how long it takes, and ask."""
    gate = settings.gate_interval_seconds * (settings.gate_consecutive - 1)
    click.echo(plan.described())
    click.echo(
        f"  traffic moves {gate} s or more after the color is deployed (at most {settings.gate_deadline_seconds} s), "
        f"is watched for {settings.bake_seconds} s, and {plan.when_wrong()}"
    )
    if not yes:
        click.confirm("Go on?", abort=True)


def carry_out(
    project: Project,
    deployed: Deployed,
    plan: Plan,
    service: ServiceSettings,
    settings: Settings,
    deploy: Deploy,
) -> None:
    """Deploy the plan (these stacks, or those that have to be), follow its switch, and look whether it is live.

    Raises:
        ReleaseError: it is not; the message says why, and where the traffic is.
    """
    follower = Follower(deployed.journal, plan.service, tell)
    if not deploy.stacks:
        deploy = select(deploy, project, deployed, plan, settings.compute)
    ended = carry_through(deploy, project, plan.flags, follower.look)
    if ended.code:
        raise ReleaseError(_failed(deployed, plan, service, _why(follower, ended)))
    scene = _look_afterwards(deployed, plan, service, PATIENCE * settings.write_settle_seconds)
    if problem := unmet(plan, scene):
        raise ReleaseError(printable(f"the deploy ended well, but {plan.title} is not what users get: {problem}"))
    project.declare(plan.service, plan.facts)
    where = f" at the stage {project.stage}" if project.stage else ""
    click.echo(printable(f"{plan.title} is live on {plan.color}{where}"))


def _look_afterwards(deployed: Deployed, plan: Plan, service: ServiceSettings, patience: float) -> Scene:
    """Look until what was asked for is live, or patience ends.

    Raises:
        ReleaseError: AWS could not be asked, so that nobody knows.
    """
    try:
        return awaited(lambda: deployed.scene(service), lambda seen: not unmet(plan, seen), patience, PAUSE_SECONDS)
    except UNREADABLE as error:
        raise ReleaseError(
            f"the deploy ended well, but whether {plan.title} is live could not be read:"
            f" {sentence(unusable(error) or error)}. cdk.json is unchanged. {_again(plan)}"
        ) from error


def tell(phase: str, said: str) -> None:
    """Say what a phase of the switch says."""
    click.echo(f"  {phase:<9} {said}")


def _again(plan: Plan) -> str:
    """How to go on once AWS answers again. A rollback would go back from where it went, were it typed twice."""
    return (
        f"Then `greenlight status` shows what is live, and `greenlight release {plan.version} --service {plan.service}`"
        " goes on from there, or writes down that it is live already"
    )


def _why(follower: Follower, ended: Ended) -> str:
    """The switch's own words, if it was a release that failed; else CloudFormation's."""
    seen = follower.seen
    failed = seen and seen.switch.mode is Mode.RELEASE and seen.outcome is not Outcome.DONE
    return sentence(seen.reason if seen and failed and seen.reason else ended.why)


def _failed(deployed: Deployed, plan: Plan, service: ServiceSettings, why: str) -> str:
    try:
        scene = deployed.scene(service)
    except UNREADABLE as error:
        if lost := unusable(error):
            return f"{sentence(lost)}. {printable(CUT_OFF)}. cdk.json is unchanged. {_again(plan)}"
        return f"{plan.title} was not released to {plan.color}: {why}. Where the traffic is could not be read: {error}"
    if scene.live == plan.wanted:
        return f"the deploy failed: {why}. Still, {plan.title} is what is live: {printable(scene.traffic)}"
    now = printable(scene.traffic)
    return f"{plan.title} is not live on {plan.color}: {why}. Now {now}. `greenlight status` shows more"
