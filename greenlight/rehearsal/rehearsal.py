"""A whole rehearsal: set the stage, play the acts, write the report, and leave nothing behind."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from greenlight.errors import RehearsalError
from greenlight.project import CHECKOUT, Project
from greenlight.rehearsal.acts.act import Act
from greenlight.rehearsal.acts.assemblies import sets_of_flags
from greenlight.rehearsal.acts.flags import Flags, Script
from greenlight.rehearsal.acts.repertoire import for_every_service
from greenlight.rehearsal.certificates import DOMAIN, issue
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.givens import provide
from greenlight.rehearsal.place import Place, rehearsed_project
from greenlight.rehearsal.play import Load, play, set_scene
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsed import rehearsed
from greenlight.rehearsal.report.result import ActResult, RehearsalReport
from greenlight.rehearsal.stage import Stage, staged
from greenlight.rehearsal.synthesis import Plan
from greenlight.rehearsal.versions import Cast, pushing_images, write_catalog

OWNER_ALONE = 0o077
"""The umask of everything that a rehearsal starts: keys of the run are in what it writes."""


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
    narrow_bootstrap: bool = False
    """Whether CloudFormation makes resources with docs/bootstrap/'s policies, and not as an administrator."""
    further: bool = True
    """Whether the further services are released as well, right after the first one."""
    place: Place = field(default_factory=lambda: Place(CHECKOUT / "build" / "rehearsal"))


def rehearse(order: Order, progress: Progress, linger: Callable[[Stage], None] | None = None) -> RehearsalReport:
    """Rehearse, and return the report. `linger` is called at the end, while everything still runs.

    Raises:
        RehearsalError: the stage could not be set; acts that fail are in the report instead.
    """
    started_at, started = time.time(), time.monotonic()
    with opened(order, progress) as stage:
        services = [service.name for service in stage.settings.services]
        acts = [_played(stage, act, order.load) for act in _acts(order, services)]
        notes = tuple(stage.ask("silences")["notes"])
        report = RehearsalReport(order.compute, time.monotonic() - started, tuple(acts), started_at, notes)
        if linger:
            linger(stage)
    return report


def _acts(order: Order, services: Sequence[str]) -> Sequence[Act]:
    return for_every_service(order.acts, services) if order.further else order.acts


def planned(order: Order) -> Plan:
    """Everything about a rehearsal that is known before it begins.

    Raises:
        ProjectError: naming the first setting that is not allowed.
    """
    source = Project.here()
    played = rehearsed(source, order.config, order.compute, order.real_time, order.cast)
    declared = {"blue_version": order.cast.first, "green_version": order.cast.first}
    acts = _acts(order, played.services)
    script = Script(played.services[0], order.cast, order.real_time, others=played.services[1:])
    return Plan(
        played.settings,
        rehearsed_project(source, played.laid_over, dict.fromkeys(played.services, declared)),
        sets_of_flags(acts, script, order.more_flags),
    )


@contextmanager
def opened(order: Order, progress: Progress) -> Iterator[Stage]:
    """The stage with the first version deployed and live on blue; it is cleared when the block ends."""
    plan = planned(order)
    os.umask(OWNER_ALONE)
    with order.place.occupy():
        order.place.write_project(plan.project)
        order.place.write_hosts(plan.settings.domain_name or DOMAIN)
        write_catalog(order.place.root, plan.settings.services, order.cast)
        if plan.needs_a_certificate:
            issue(order.place.root, plan.settings.certificate_arn, plan.settings.domain_name)
        with staged(
            order.place,
            plan,
            progress,
            order.port,
            real_time=order.real_time,
            narrow_bootstrap=order.narrow_bootstrap,
        ) as stage:
            provide(plan.settings)
            _first_deployment(stage, order.cast)
            yield stage


def _first_deployment(stage: Stage, cast: Cast) -> None:
    """Everything from nothing, with the images pushed as soon as their repositories are there."""
    stage.progress.note("first deployment")
    with pushing_images(stage.settings, cast):
        outcome = stage.deploy("first", lambda: None)
    if outcome.code:
        raise RehearsalError(f"the first deployment failed: {outcome.why} (see {stage.place.logs})")
    stage.scene = "first"
    stage.place.write_activation(stage.environment)


def _played(stage: Stage, act: Act, load: Load) -> ActResult:
    set_scene(stage, act)
    return play(stage, act, load)
