"""`greenlight status`: what is live, how both colors are, who is at work, what the last switch did."""

from __future__ import annotations

import json
from typing import Any

import click
from greenlight_cdk.names import Names
from rich.console import Console
from rich.table import Table
from rich.text import Text
from traffic_switch.contract import Color
from traffic_switch.journal import Lock
from traffic_switch.model import Live, healthy, serving

from greenlight.commands.host_age import host_facts, told
from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.journal_view import SwitchView
from greenlight.project import Project
from greenlight.scene import Scene
from greenlight.switch_view import mode, state
from greenlight.wording import PLAIN_HTTP, at_stage, imaged, iso, printable
from stacks.settings import ServiceSettings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
@with_stage
def status(as_json: bool, stage: str | None) -> None:
    """Show what is live, the health of both colors, who holds the lock, and how the newest switch went."""
    project = Project.here(stage)
    deployed = Deployed(project.names)
    settings = project.settings()
    seen = [_facts(service, deployed) for service in settings.services]
    host = host_facts(settings, deployed)
    if as_json:
        where = {"stage": stage, "front_door_url": deployed.front_door_url, "host": host}
        click.echo(json.dumps({**where, "services": seen}, indent=2))
        return
    console = Console()
    for facts in seen:
        console.print(_table(facts, deployed.front_door_url))
    if host:
        console.print(_text(told(host)))


def _facts(service: ServiceSettings, deployed: Deployed) -> dict[str, Any]:
    """Everything about one service. While a switch runs, the rule may differ from the journal without being wrong."""
    scene, newest = deployed.scene(service), deployed.journal.newest(service.name)
    release = deployed.journal.release_behind(newest) if newest else None
    drift = "" if scene.lock and not scene.damage else at_stage(scene.drift, deployed.names)
    return {
        "service": service.name,
        "live": _live(scene.live) if scene.live else None,
        "damage": scene.damage or None,
        "rule": str(scene.rule),
        "weights": {color.value: scene.weights.of(color) for color in Color} if scene.weights else None,
        "drifted": bool(drift),
        "drift": drift or None,
        "targets": {color.value: [str(target) for target in targets] for color, targets in scene.targets.items()},
        "healthy": {color.value: _healthy(scene, color) for color in Color},
        "running_switch": scene.lock.owner if scene.lock else None,
        "lock": _lock(scene.lock) if scene.lock else None,
        "newest_switch": _switch(release, scene.lock, deployed.names) if release else None,
        "taken_back_by": _switch(newest, scene.lock, deployed.names) if newest and newest is not release else None,
    }


def _live(live: Live) -> dict[str, Any]:
    return {"color": live.color, "version": live.version, "digest": live.digest or None, "door": live.door or None}


def _healthy(scene: Scene, color: Color) -> str:
    targets = scene.targets[color]
    return f"{len(healthy(targets))} of {len(serving(targets))}"


def _lock(lock: Lock) -> dict[str, Any]:
    return {
        "owner": lock.owner,
        "reason": lock.reason,
        "since": iso(lock.since),
        "deadline": iso(lock.deadline),
        "debt": lock.debt or None,
    }


def _switch(view: SwitchView, lock: Lock | None, names: Names) -> dict[str, Any]:
    return {
        "id": view.switch.id,
        "mode": mode(view),
        "asked_for": f"{view.switch.color} {view.switch.version}",
        "digest": view.digest or None,
        "started_at": iso(view.started_at),
        "phase": view.phase,
        "outcome": state(view, lock),
        "reason": at_stage(view.reason or view.said, names),
        "evidence": view.evidence,
    }


def _table(facts: dict[str, Any], url: str) -> Table:
    table = Table(title=_text(_title(facts)), title_justify="left", show_header=False)
    for name, value in _rows(facts, url):
        table.add_row(_text(name), _text(value))
    return table


def _text(words: object) -> Text:
    """Never markup: a version may hold brackets."""
    return Text(printable(words))


def _title(facts: dict[str, Any]) -> str:
    live = facts["live"]
    if facts["damage"]:
        return f"{facts['service']}: what is live is damaged in the journal"
    return (
        f"{facts['service']}: {live['color']} {imaged(live['version'], live['digest'] or '')} is live"
        if live
        else (f"{facts['service']}: nothing is live")
    )


def _rows(facts: dict[str, Any], url: str) -> list[tuple[str, str]]:
    rows = [("front door", url)]
    if url.startswith("http://"):
        rows.append(("", PLAIN_HTTP))
    rows.append(("rule", f"{facts['rule']}{'' if facts['weights'] else ': users may get 503'}"))
    if facts["drift"]:
        rows.append(("NOT AS IT SHOULD BE", facts["drift"]))
    if facts["live"] and (door := facts["live"]["door"]):
        rows.append(("one-way door", f"{door}: what was deployed before it may not be able to read the data"))
    rows += [(f"{color} targets", f"{facts['healthy'][color.value]} healthy") for color in Color]
    rows.append(("running switch", _running(facts["lock"])))
    for name in ("newest_switch", "taken_back_by"):
        if switch := facts[name]:
            asked = f"{switch['mode']} {switch['asked_for']}".strip()
            at = switch["started_at"] or "at an unknown time"
            rows.append((name.replace("_", " "), f"{asked}, {at}: {switch['outcome']}"))
            rows.append(("", switch["reason"]))
    return rows


def _running(lock: dict[str, Any] | None) -> str:
    if lock is None:
        return "none"
    owner = lock["owner"] or "damaged: the lock's item names no owner"
    since, until = (lock[name] or "an unknown time" for name in ("since", "deadline"))
    return f"{owner} ({lock['reason'] or 'no reason given'}), since {since}, until {until} at the latest"
