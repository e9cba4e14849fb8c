"""A whole rehearsal: set the stage, play the acts, write the report, and leave nothing behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from greenlight.errors import RehearsalError
from greenlight.project import CHECKOUT, Project
from greenlight.rehearsal.acts.act import Act
from greenlight.rehearsal.acts.flags import COMMON, Flags, Script
from greenlight.rehearsal.pace import overlay
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load, play, set_scene
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.report.result import ActResult, RehearsalReport
from greenlight.rehearsal.stage import Stage, staged
from greenlight.rehearsal.versions import Cast, pushing_images, write_catalog


@dataclass(frozen=True)
class Order:
    """What is to be rehearsed, and how."""

    compute: str
    acts: Sequence[Act]
    cast: Cast
    load: Load
    real_time: bool = False
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
        assemblies = _assemblies(order, Script(service, order.cast, order.real_time))
        with staged(
            order.place, settings, context, assemblies, progress, order.port, real_time=order.real_time
        ) as stage:
            _first_deployment(stage, service, order.cast)
            yield stage


def _assemblies(order: Order, script: Script) -> dict[str, Mapping[str, str]]:
    """The sets of flags that will be deployed, in the order of their need; the scene of each act comes before it."""
    flags: dict[str, Flags] = {"first": COMMON["first"]}
    for act in order.acts:
        flags |= {name: COMMON[name] for name in act.scenes if name in COMMON}
        flags |= act.flags
    return {name: make(script) for name, make in (flags | dict(order.more_flags)).items()}


def _first_deployment(stage: Stage, service: str, cast: Cast) -> None:
    """Everything from nothing, with the images pushed as soon as their repository is there."""
    stage.progress.note("first deployment")
    with pushing_images(service, cast):
        outcome = stage.deploy("first", lambda: None)
    if outcome.code:
        raise RehearsalError(f"the first deployment failed: {outcome.why} (see {stage.place.logs})")
    stage.scene = "first"
    stage.place.write_activation(stage.environment)


def _played(stage: Stage, act: Act, load: Load) -> ActResult:
    set_scene(stage, act)
    return play(stage, act, load)
