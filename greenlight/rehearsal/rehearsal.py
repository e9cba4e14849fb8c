"""A whole rehearsal: set the stage, play the acts, write the report, and leave nothing behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from greenlight.errors import RehearsalError
from greenlight.project import CHECKOUT, Project
from greenlight.rehearsal.acts.act import Act
from greenlight.rehearsal.acts.assemblies import sets_of_flags
from greenlight.rehearsal.acts.flags import Flags, Script
from greenlight.rehearsal.acts.repertoire import for_every_service
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.pace import overlay
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load, play, set_scene
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.report.result import ActResult, RehearsalReport
from greenlight.rehearsal.stage import Stage, staged
from greenlight.rehearsal.versions import Cast, pushing_images, write_catalog
from stacks.settings import Settings


@dataclass(frozen=True)
class Order:
    """What is to be rehearsed, and how."""

    compute: str
    acts: Sequence[Act]
    cast: Cast
    load: Load
    real_time: bool = False
    config: ConfigFile | None = None
    port: int | None = None
    more_flags: Mapping[str, Flags] = field(default_factory=dict)
    """Further sets of flags by name, for whoever deploys more than the acts do."""
    place: Place = field(default_factory=lambda: Place(CHECKOUT / "build" / "rehearsal"))


def rehearse(order: Order, progress: Progress, linger: Callable[[Stage], None] | None = None) -> RehearsalReport:
    """Rehearse, and return the report. `linger` is called at the end, while everything still runs.

    Raises:
        RehearsalError: the stage could not be set; acts that fail are in the report instead.
    """
    started_at, started = time.time(), time.monotonic()
    with opened(order, progress) as stage:
        acts = [_played(stage, act, order.load) for act in for_every_service(order.acts, names(stage.settings))]
        report = RehearsalReport(order.compute, time.monotonic() - started, tuple(acts), started_at)
        if linger:
            linger(stage)
    return report


@contextmanager
def opened(order: Order, progress: Progress) -> Iterator[Stage]:
    """The stage with the first version deployed and live on blue; it is cleared when the block ends."""
    source = Project.here()
    settings = _settings(order, source)
    with order.place.occupy():
        declared = {"blue_version": order.cast.first, "green_version": order.cast.first}
        facts = {service.name: declared for service in settings.services}
        order.place.copy_project(source, _laid_over(order), facts)
        write_catalog(order.place.root, settings.services, order.cast)
        context = order.place.project.context()
        script = Script(settings.services[0].name, order.cast, order.real_time)
        acts = for_every_service(order.acts, names(settings))
        flags = sets_of_flags(acts, script, order.more_flags)
        with staged(order.place, settings, context, flags, progress, order.port, real_time=order.real_time) as stage:
            _first_deployment(stage, order.cast)
            yield stage


def names(settings: Settings) -> Sequence[str]:
    """The names of the services, the first one first."""
    return [service.name for service in settings.services]


def _settings(order: Order, source: Project) -> Settings:
    """The settings that are rehearsed, checked with the two versions that look least alike."""
    replaced = _replaced(order)
    found = order.config.settings(source, replaced) if order.config else source.settings(replaced)
    versions = {
        f"{service.name}.{fact}": version
        for service in found.services
        for fact, version in (("blue_version", order.cast.first), ("green_version", order.cast.unhealthy))
    }
    return source.settings({**_laid_over(order), **versions})


def _replaced(order: Order) -> dict[str, Any]:
    return {"compute": order.compute, **overlay(order.real_time)}


def _laid_over(order: Order) -> dict[str, Any]:
    """What comes on top of cdk.json: the file's settings, and on top of them the rehearsal's own."""
    return {**(order.config.values if order.config else {}), **_replaced(order)}


def _first_deployment(stage: Stage, cast: Cast) -> None:
    """Everything from nothing, with the images pushed as soon as their repositories are there."""
    stage.progress.note("first deployment")
    with pushing_images(stage.settings.services, cast):
        outcome = stage.deploy("first", lambda: None)
    if outcome.code:
        raise RehearsalError(f"the first deployment failed: {outcome.why} (see {stage.place.logs})")
    stage.scene = "first"
    stage.place.write_activation(stage.environment)


def _played(stage: Stage, act: Act, load: Load) -> ActResult:
    set_scene(stage, act)
    return play(stage, act, load)
