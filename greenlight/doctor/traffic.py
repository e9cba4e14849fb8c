"""Whether a service may be changed now: its rule, its journal, its lock, its targets, and what is declared of it."""

from __future__ import annotations

from collections.abc import Iterator

from traffic_switch.model import healthy

from greenlight.doctor.finding import Finding, ok, problem, warning
from greenlight.readiness import unready
from greenlight.scene import Scene
from greenlight.wording import printable
from stacks.settings import ServiceSettings

STATUS = "`greenlight status` shows more"


def judge_traffic(service: ServiceSettings, scene: Scene, allow_live_change: bool, now: float) -> Iterator[Finding]:
    """Judge one service."""
    findings = [*_judge_scene(service.name, scene, now), *_judge_declared(service, scene, allow_live_change)]
    yield from findings or [ok(printable(f"{service.name}: {scene.traffic}"))]


def _judge_scene(name: str, scene: Scene, now: float) -> Iterator[Finding]:
    if refused := unready(name, scene, now):
        yield problem(printable(refused), STATUS)
    elif scene.live and not healthy(scene.targets[scene.live.color]):
        yield warning(
            f"{name}: no target of {scene.live.color}, which is live, is healthy: a release has no way back",
            "see its logs; releasing a better version is a way out",
        )


def _judge_declared(service: ServiceSettings, scene: Scene, allow_live_change: bool) -> Iterator[Finding]:
    """The version guard refuses to change the version of a live color."""
    live = scene.live
    if live is None or allow_live_change or service.version(live.color) == live.version:
        return
    field, declared = f"{live.color}_version", service.version(live.color)
    yield problem(
        printable(
            f"{service.name}: {live.color} is live with {live.version}, and cdk.json declares {declared} for it:"
            " a deploy would be refused"
        ),
        printable(
            f"set {field} to {live.version} (`greenlight record` does), or deploy with `greenlight deploy`, which takes"
            f" that from the journal; release {declared} with `greenlight release`"
        ),
    )
