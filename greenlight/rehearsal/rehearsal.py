"""A whole rehearsal: set the stage, play the acts, write the report, and leave nothing behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from greenlight.errors import RehearsalError
from greenlight.project import CHECKOUT, Project
from greenlight.rehearsal.acts.act import Act
from greenlight.rehearsal.acts.repertoire import FIRST
from greenlight.rehearsal.pace import cloud_variables, overlay
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load, play, set_scene
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.report.result import ActResult, RehearsalReport
from greenlight.rehearsal.stage import Stage, staged
from greenlight.rehearsal.versions import Cast, pushing_images, write_catalog

PREPARING = ("release", "undo")
"""Assemblies that an act played alone may need before it begins."""


@dataclass(frozen=True)
class Order:
    """What is to be rehearsed, and how."""

    compute: str
    acts: Sequence[Act]
    repertoire: Sequence[Act]
    cast: Cast
    load: Load
    real_time: bool = False
    port: int | None = None
    more_assemblies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Further sets of flags by name, for whoever deploys more than the acts do."""
    place: Place = field(default_factory=lambda: Place(CHECKOUT / "build" / "rehearsal"))


def rehearse(order: Order, progress: Progress, linger: Callable[[Stage], None] | None = None) -> RehearsalReport:
    """Rehearse, and return the report. `linger` is called at the end, while everything still runs.

    Raises:
        RehearsalError: the stage could not be set; acts that fail are in the report instead.
    """
    started_at, started = time.time(), time.monotonic()
    with opened(order, progress) as stage:
        acts = [_played(stage, act, order.load) for act in order.acts]
        report = RehearsalReport(order.compute, time.monotonic() - started, tuple(acts), started_at)
        if linger:
            linger(stage)
    return report


@contextmanager
def opened(order: Order, progress: Progress) -> Iterator[Stage]:
    """The stage with the first version deployed and live on blue; it is cleared when the block ends."""
    source = Project.here()
    replaced = {"compute": order.compute, **overlay(order.real_time)}
    service = source.settings(replaced).services[0].name
    versions = {f"{service}.blue_version": order.cast.first, f"{service}.green_version": order.cast.unhealthy}
    settings = source.settings({**replaced, **versions})
    with order.place.occupy():
        declared = {"blue_version": order.cast.first, "green_version": order.cast.first}
        order.place.copy_project(source, replaced, {service: declared})
        write_catalog(order.place.root, service, order.cast)
        context = order.place.project.context()
        assemblies, variables = _assemblies(order, service), cloud_variables(order.real_time)
        with staged(order.place, settings, context, assemblies, progress, order.port, variables) as stage:
            _first_deployment(stage, service, order.cast)
            yield stage


def _assemblies(order: Order, service: str) -> dict[str, Mapping[str, str]]:
    """The sets of flags that will be deployed, in the order of their need."""
    names = {act.name for act in order.acts}
    needed = [act for act in order.repertoire if act.name in names or act.name in PREPARING]
    first = {"first": FIRST(service, order.cast)}
    return first | {act.assembly: act.flags(service, order.cast) for act in needed} | dict(order.more_assemblies)


def _first_deployment(stage: Stage, service: str, cast: Cast) -> None:
    """Everything from nothing, with the images pushed as soon as their repository is there."""
    stage.progress.note("first deployment")
    with pushing_images(service, cast):
        outcome = stage.deploy("first", lambda: None)
    if outcome.code:
        raise RehearsalError(f"the first deployment failed: {outcome.why} (see {stage.place.logs})")
    stage.place.write_activation(stage.environment)


def _played(stage: Stage, act: Act, load: Load) -> ActResult:
    set_scene(stage, act)
    return play(stage, act, load)
