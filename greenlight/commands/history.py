"""`greenlight history`: what was switched, when, and how it ended."""

from __future__ import annotations

import json
from typing import Any

import click
from greenlight_cdk.names import Names
from traffic_switch.journal import Lock

from greenlight import plan as plans
from greenlight.commands.stage_option import with_stage
from greenlight.deployed import Deployed
from greenlight.journal_view import SwitchView
from greenlight.project import Project
from greenlight.switch_view import mode, state
from greenlight.wording import at_stage, imaged, iso, printable


@click.command()
@click.option("--service", help="The service; the first of cdk.json when left out.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, the newest ones.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
@with_stage
def history(service: str | None, limit: int, as_json: bool, stage: str | None) -> None:
    """List a service's switches, newest first: time, what for, color, version and image, outcome, reason.

    Every request counts: releases, restores, repairs and removals, those that were refused, and deploys that kept what
    is live. The journal remembers 400 days.
    """
    project = Project.here(stage)
    deployed = Deployed(project.names)
    wanted = plans.chosen(project.settings(), service)
    lock = deployed.journal.lock(wanted.name)
    facts = [_facts(switch, lock, deployed.names) for switch in deployed.journal.switches(wanted.name)[:limit]]
    if as_json:
        click.echo(json.dumps({"stage": stage, "service": wanted.name, "switches": facts}, indent=2))
        return
    lines = [_line(each) for each in facts] or [f"the journal knows of no switch of {wanted.name}"]
    click.echo("\n".join(lines))


def _facts(switch: SwitchView, lock: Lock | None, names: Names) -> dict[str, Any]:
    return {
        "id": switch.switch.id,
        "started_at": iso(switch.started_at),
        "mode": mode(switch),
        "color": switch.switch.color.value if switch.switch.version else None,
        "version": switch.switch.version or None,
        "digest": switch.digest or None,
        "outcome": state(switch, lock),
        "reason": at_stage(switch.reason or switch.said, names),
        "one_way": switch.switch.one_way,
        "undoes": switch.switch.undoes or None,
        "undone_by": switch.undone or None,
        "damage": list(switch.damage),
    }


def _line(facts: dict[str, Any]) -> str:
    asked = f"{facts['color']} {imaged(facts['version'], facts['digest'] or '')}" if facts["version"] else ""
    by_another = facts["undone_by"] not in (None, facts["id"])
    reason = f"{facts['reason']} (taken back by {facts['undone_by']})" if by_another else facts["reason"]
    words = [printable(word) for word in (facts["started_at"] or "at an unknown time", facts["mode"], asked)]
    return (
        f"{words[0]:<20}  {words[1]:<8} {words[2]:<27} {printable(facts['outcome']):<12} {printable(reason)}".rstrip()
    )
