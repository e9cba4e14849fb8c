"""`greenlight pipeline audit`: whether something is known of the packages that this commit installs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from greenlight.commands.stage_option import with_stage
from greenlight.delivery import osv
from greenlight.delivery.locks import NODE, PYTHON, Package, locks, packages, unread
from greenlight.delivery.waivers import FILE, LEAK, NO_LOCK, Waiver, read_waivers
from greenlight.errors import ReleaseError
from greenlight.project import Project
from greenlight.wording import printable

ALSO = (".", "tests/browser")
"""Folders with locks beside those of the services: what builds and tests run."""


@click.command()
@with_stage
def audit(stage: str | None) -> None:
    """Ask osv.dev about every package in the locks of this commit, and fail if something is known of one.

    Fails as well when it cannot be asked, and for a service without a lock, or with one that it
    cannot read. What somebody accepts for a while is in
    delivery/waivers.toml, with a date and a reason.
    """
    project, today = Project.here(stage), datetime.now(UTC).date()
    waivers = read_waivers(project.folder / FILE, today)
    found = locks(_folders(project))
    installed = sorted({each for files in found.values() for file in files for each in packages(file)})
    findings = [
        *_unlocked(project.folder, found),
        *_known(installed),
    ]
    _report(findings, waivers, today)
    count = sum(map(len, found.values()))
    click.echo(f"{len(installed)} packages of {count} locks: nothing is known of them that nobody accepted")


def _folders(project: Project) -> list[Path]:
    services = (project.folder / each.source for each in project.settings().services)
    also = (project.folder / each for each in ALSO)
    return list(dict.fromkeys([*(each for each in also if any(locks([each]).values()) or unread(each)), *services]))


def _unlocked(project: Path, found: Mapping[Path, Sequence[Path]]) -> Iterable[tuple[str, str, str]]:
    """Folders of which nobody knows all that they install."""
    for folder, files in found.items():
        name, others = str(folder.relative_to(project)), ", ".join(unread(folder))
        if others:
            yield (
                NO_LOCK,
                name,
                f"{name}: {others}: only {NODE} and {PYTHON} can be audited; have all that it has in them",
            )
        elif not files:
            yield NO_LOCK, name, f"{name}: no {NODE} and no {PYTHON}, so that nobody knows what it installs"


def _known(installed: Sequence[Package]) -> Iterable[tuple[str, str, str]]:
    for package, ids in osv.known(installed).items():
        yield from ((each, package.name, f"{package}: https://osv.dev/vulnerability/{each}") for each in sorted(ids))


def _report(findings: Sequence[tuple[str, str, str]], waivers: Sequence[Waiver], today: date) -> None:
    """Say what is accepted; refuse what is not."""
    open_ones = []
    for finding, of, said in findings:
        waiver = next((each for each in waivers if each.covers(finding, of, today)), None)
        if waiver:
            click.echo(printable(f"accepted until {waiver.until}: {finding} of {of}: {waiver.reason}"))
        else:
            open_ones.append(said)
    for each in waivers:
        if each.id != LEAK and (each.id, each.of) not in {(finding, of) for finding, of, _ in findings}:
            click.echo(printable(f"no longer needed in {FILE}: {each.id} of {each.of}"))
    for said in open_ones:
        click.echo(printable(said))
    if open_ones:
        raise ReleaseError(
            f"{len(open_ones)} findings, which stand above; allowed: none. Update what they are about, or accept them"
            f" for a while in {FILE}"
        )
