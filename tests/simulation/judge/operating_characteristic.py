"""How often a bake rolls a version back, and how soon, by the true rate of bad requests and by traffic.

It runs the judge that ships, with the settings that ship (the defaults), over many bakes in virtual time. Bad requests
are independent of each other here; `bursts` says what happens when they are not.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Pool
from random import Random

from greenlight_cdk.alarm_expressions import MIN_REQUESTS, THRESHOLD
from traffic_switch.judging.findings import own_wager, users_wager

from tests.simulation.judge import bursts
from tests.simulation.judge.course import (
    NEVER,
    OwnCourse,
    alarm_found,
    failing,
    metrics,
    own_course,
    slowed,
    users_found,
)
from tests.simulation.judge.figures import PRODUCTION, Cell, Figures, limit_of, summed_up

TRAFFIC = (0.0, 0.1, 1.0, 10.0, 100.0, 1000.0)
"""Users' requests a second."""

ERROR_PERCENTS = (0.1, 0.5, 0.9, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 8.0, 20.0, 100.0)
SLOW_PERCENTS = (2.5, 4.5, 5.0, 6.0, 8.0, 10.0, 15.0, 30.0, 100.0)
GOOD_PERCENT = 0.1
"""What the own requests meet where only users meet the errors."""

MANY, SOME = 4000, 1000
CHUNK = 250


@dataclass(frozen=True)
class Task:
    """Some bakes of one scene and rate, for all kinds of traffic; they share what their own requests saw."""

    scene: str
    percent: float
    runs: int
    seed: int


def tasks(part: float = 1.0) -> Iterator[Task]:
    """All work, or a part of it; the longest pieces first."""
    many, some = round(part * MANY), round(part * SOME)
    wanted = [("both", percent, many if percent <= 1 else some) for percent in ERROR_PERCENTS]
    wanted += [("users", percent, many if percent == 1 else some) for percent in ERROR_PERCENTS if percent >= 0.5]
    wanted += [("slow", percent, many if percent <= 5 else some) for percent in SLOW_PERCENTS]
    wanted += [(f"{bursts.SCENE}{name}", 0.0, some) for name in bursts.SCENES]
    for scene, percent, runs in sorted(wanted, key=lambda each: (-each[2], each[1])):
        for number, start in enumerate(range(0, runs, CHUNK)):
            yield Task(scene, percent, min(CHUNK, runs - start), number)


def play(task: Task) -> list[tuple[Cell, float]]:
    """When each bake of a task found its version bad."""
    random, found = Random(f"{task.scene} {task.percent} {task.seed}"), []
    if task.scene.startswith(bursts.SCENE):
        return [(Cell(task.scene, 0.0, 0.0), bursts.found(task.scene, random)) for _ in range(task.runs)]
    for _ in range(task.runs):
        own = own_of(task, random)
        for traffic in TRAFFIC[task.scene == "users" :]:
            found.append((Cell(task.scene, task.percent, traffic), bake(task, own, traffic, random)))
    return found


def own_of(task: Task, random: Random) -> OwnCourse:
    """The own requests of one bake."""
    rate = (GOOD_PERCENT if task.scene == "users" else task.percent) / 100
    draw = slowed(random, rate) if task.scene == "slow" else failing(random, rate)
    return own_course(PRODUCTION, own_wager(limit_of(task.scene), PRODUCTION), draw)


def bake(task: Task, own: OwnCourse, traffic: float, random: Random) -> float:
    """When one bake with these own requests and this traffic finds its version bad."""
    limit = limit_of(task.scene)
    seen = metrics(PRODUCTION, own, traffic, task.percent / 100, random, slow=task.scene == "slow")
    return min(
        own.found,
        users_found(PRODUCTION, users_wager(limit, PRODUCTION), own, seen),
        alarm_found(PRODUCTION, own, seen, lambda requests, bad: is_beyond(requests, bad, limit)),
    )


def is_beyond(requests: int, bad: int, limit: float) -> bool:
    """Whether the color's alarm finds a period beyond its threshold; see greenlight_cdk.alarm_expressions."""
    beyond = bad - limit * requests
    return requests >= MIN_REQUESTS and beyond > 0 and beyond * beyond / (limit * requests) > THRESHOLD


def operate(work: Iterable[Task], tell: Callable[[int, int], None] = lambda _done, _all: None) -> dict[Cell, Figures]:
    """Play all tasks on all processors."""
    ordered, times = list(work), defaultdict[Cell, list[float]](list)
    with Pool(os.cpu_count()) as pool:
        for done, found in enumerate(pool.imap(play, ordered), 1):
            for cell, moment in found:
                times[cell].append(moment)
            tell(done, len(ordered))
    return {cell: summed_up(moments) for cell, moments in times.items()}


def trajectories() -> list[float | None]:
    """When some bakes with fixed seeds find their version bad: equal as long as the judge and its settings are."""
    wanted = [("both", percent) for percent in (0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 20.0, 100.0)]
    wanted += [("users", percent) for percent in (1.0, 1.5, 2.0, 20.0)] + [("slow", 8.0), ("slow", 30.0)]
    found = list[float | None]()
    for scene, percent in wanted:
        for _, moment in play(Task(scene, percent, 2, seed=-2)):
            found.append(None if moment == NEVER else round(moment, 2))
    return found
