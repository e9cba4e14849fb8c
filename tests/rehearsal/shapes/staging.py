"""A stage beside production: deployed from nothing and released, while production stays as it is."""

from __future__ import annotations

from dataclasses import replace

from greenlight.errors import RehearsalError
from greenlight.rehearsal.acts.performance import deployed
from greenlight.rehearsal.acts.repertoire import RELEASE_ACT
from greenlight.rehearsal.play import play
from greenlight.rehearsal.rehearsal import Order
from greenlight.rehearsal.report.result import ActResult
from greenlight.rehearsal.snapshot import Lookout, Snapshot
from greenlight.rehearsal.stage import Stage
from greenlight.rehearsal.versions import pushing_images
from stacks.settings import Settings

STAGE = "staging"
ACT = replace(RELEASE_ACT, name="release-staging", perform=deployed("release-staging"))


def play_staging(order: Order, production: Stage) -> ActResult:
    """Raises RehearsalError when the stage could not be deployed, or when production is not as it was before."""
    before = Lookout(production).snapshot()
    context = production.place.project.context()
    settings = Settings.from_context({**context, "stage": STAGE}, context)
    staging = replace(production, settings=settings, scene="")
    with pushing_images(settings, order.cast):
        outcome = staging.deploy("staging", lambda: None)
    if outcome.code:
        raise RehearsalError(f"the stage could not be deployed: {outcome.why}")
    result = play(staging, ACT, order.load)
    if facts(Lookout(production).snapshot()) != facts(before):
        raise RehearsalError("production was touched by its stage")
    return result


def facts(seen: Snapshot) -> object:
    """What another stage must leave as it is."""
    return seen.live, seen.weights, seen.rule_arn, seen.processes, seen.switches
