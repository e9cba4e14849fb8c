"""`greenlight status`: what is live, how both colors are, what the last switch did."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from traffic_switch.contract import Color
from traffic_switch.model import healthy, serving

from greenlight.deployed import Deployed, Scene
from greenlight.journal_view import SwitchView
from greenlight.project import Project
from stacks.settings import ServiceSettings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
def status(as_json: bool) -> None:
    """Show what is live, the health of both colors, and how the newest release went."""
    project, deployed = Project.here(), Deployed()
    seen = [_facts(service, deployed) for service in project.settings().services]
    if as_json:
        click.echo(json.dumps({"front_door_url": deployed.front_door_url, "services": seen}, indent=2))
        return
    console = Console()
    for facts in seen:
        console.print(_table(facts, deployed.front_door_url))


def _facts(service: ServiceSettings, deployed: Deployed) -> dict[str, Any]:
    scene, newest = deployed.scene(service), deployed.journal.newest(service.name)
    return {
        "service": service.name,
        "live": {"color": scene.live.color, "version": scene.live.version} if scene.live else None,
        "weights": {color.value: scene.weights.of(color) for color in Color} if scene.weights else None,
        "drifted": bool(scene.live and scene.weights != scene.live.weights),
        "targets": {color.value: [str(target) for target in targets] for color, targets in scene.targets.items()},
        "healthy": {color.value: _healthy(scene, color) for color in Color},
        "running_switch": deployed.journal.lock_owner(service.name) or None,
        "newest_switch": _switch(newest) if newest else None,
    }


def _healthy(scene: Scene, color: Color) -> str:
    targets = scene.targets[color]
    return f"{len(healthy(targets))} of {len(serving(targets))}"


def _switch(view: SwitchView) -> dict[str, Any]:
    return {
        "id": view.switch.id,
        "asked_for": f"{view.switch.color} {view.switch.version}",
        "started_at": datetime.fromtimestamp(view.started_at, UTC).isoformat(timespec="seconds"),
        "phase": view.phase,
        "outcome": view.outcome or "running",
        "reason": view.reason or view.said,
        "evidence": view.evidence,
    }


def _table(facts: dict[str, Any], url: str) -> Table:
    live = facts["live"]
    title = (
        f"{facts['service']}: {live['color']} {live['version']} is live"
        if live
        else f"{facts['service']}: nothing is live"
    )
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_row("front door", url)
    table.add_row("weights", _weights(facts))
    for color in Color:
        table.add_row(f"{color} targets", f"{facts['healthy'][color.value]} healthy")
    table.add_row("running switch", facts["running_switch"] or "none")
    newest = facts["newest_switch"]
    if newest:
        table.add_row("newest release", f"{newest['asked_for']}, {newest['started_at']}: {newest['outcome']}")
        table.add_row("", newest["reason"])
    return table


def _weights(facts: dict[str, Any]) -> str:
    if not facts["weights"]:
        return "no production rule: users get 503"
    shown = ", ".join(f"{color} {weight}" for color, weight in facts["weights"].items())
    return f"{shown} (NOT what the journal remembers)" if facts["drifted"] else shown
