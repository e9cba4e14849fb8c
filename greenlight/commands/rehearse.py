"""`greenlight rehearse`: rehearse a release on this machine."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from greenlight.errors import RehearsalError
from greenlight.project import CHECKOUT, Project
from greenlight.rehearsal.acts.act import Act
from greenlight.rehearsal.acts.repertoire import DEFAULT, REPERTOIRE
from greenlight.rehearsal.certificates import authority_file
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.refs import asked
from greenlight.rehearsal.rehearsal import Order
from greenlight.rehearsal.rehearsal import rehearse as run
from greenlight.rehearsal.report.document import as_json
from greenlight.rehearsal.report.table import print_report
from greenlight.rehearsal.report.write import write_report
from greenlight.rehearsal.snapshot import Lookout
from greenlight.rehearsal.stage import Stage
from greenlight.rehearsal.traffic.paths import SHOP_SOURCE
from greenlight.rehearsal.versions import Cast
from stacks.settings import Settings

NAMES = [act.name for act in REPERTOIRE]


@click.command()
@click.option("--act", "names", multiple=True, type=click.Choice(NAMES), help="Play only this act; may be repeated.")
@click.option("--all", "everything", is_flag=True, help="Play all acts, not the usual ones alone.")
@click.option("--list", "list_acts", is_flag=True, help="Say which acts there are, and play none.")
@click.option("--compute", type=click.Choice(["ec2", "fargate"]), help="Instead of the settings' own.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="A JSON file of settings, laid over cdk.json's; production's, for one.",
)
@click.option("--real-time", is_flag=True, help="Keep every setting as it is: minutes instead of seconds.")
@click.option("--keep", is_flag=True, help="Leave everything running at the end, to look around.")
@click.option("--json", "as_document", is_flag=True, help="Print report.json and nothing else.")
@click.option(
    "--rate", type=click.FloatRange(1, 20_000), default=1000.0, show_default=True, help="Requests per second."
)
@click.option("--connections", type=click.IntRange(1, 2000), default=50, show_default=True)
@click.option(
    "--live",
    "first",
    default="1.0.0",
    show_default=True,
    help="The version that is live at first: git:<tag, branch or commit>, or any tag for the working tree.",
)
@click.option("--next", "second", default="2.0.0", show_default=True, help="The version that replaces it.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the local AWS API; a free one when left out.")
def rehearse(
    names: tuple[str, ...],
    everything: bool,
    list_acts: bool,
    compute: str | None,
    config: Path | None,
    real_time: bool,
    keep: bool,
    as_document: bool,
    rate: float,
    connections: int,
    first: str,
    second: str,
    port: int | None,
) -> None:
    """Rehearse releases on this machine: the real templates, Lambda code and state machine, under real load.

    Exits with 0 when every act passed, and with 1 otherwise.
    """
    if list_acts:
        print_acts(Console())
        return
    live, following = asked(first, CHECKOUT), asked(second, CHECKOUT)
    if live.version == following.version:
        raise RehearsalError(f"--live and --next are both {live.version!r}: a release needs two versions")
    file = ConfigFile.read(config) if config else None
    settings = own_settings(file)
    compute = compute or settings.compute
    acts = chosen_acts(names, everything, compute, len(settings.services), settings.services[0].source)
    cast = Cast(live.version, following.version, live.commit, following.commit)
    order = Order(compute, acts, cast, Load(rate, connections), real_time, file, port, further=acts is not DEFAULT)
    console = Console(quiet=as_document)
    signal.signal(signal.SIGTERM, _interrupt)
    with Progress(console) as progress:
        for note in filter(None, (live.note, following.note)):
            progress.note(note)
        report = run(order, progress, _lingering(console) if keep else None)
    files = write_report(report, order.place.root)
    if as_document:
        click.echo(as_json(report))
    else:
        print_report(report, console)
        console.print(Text(f"report: {files.html}"))
    sys.exit(0 if report.verdict == "pass" else 1)


def own_settings(file: ConfigFile | None) -> Settings:
    """The settings that are rehearsed, as they are declared."""
    project = Project.here()
    return file.settings(project, {}) if file else project.settings()


def chosen_acts(
    names: Collection[str], everything: bool, compute: str, services: int, source: str = SHOP_SOURCE
) -> Sequence[Act]:
    """The acts to play with so many services, the first one of this source, in the order of the repertoire.

    Raises:
        RehearsalError: all acts are asked for, and some by name, or one that there is not with these settings.
    """
    if names and everything:
        raise RehearsalError("--act and --all were both given: leave one of them out")
    if everything:
        return [act for act in REPERTOIRE if not _hindrance(act, compute, services, source)]
    for act in REPERTOIRE:
        if act.name in names and (hindrance := _hindrance(act, compute, services, source)):
            raise RehearsalError(f"the act {act.name} {hindrance}")
    return [act for act in REPERTOIRE if act.name in names] if names else DEFAULT


def _hindrance(act: Act, compute: str, services: int, source: str) -> str:
    """Why an act cannot be played with these settings; empty when it can."""
    if act.compute not in ("", compute):
        return f"is about compute={act.compute}, and compute is {compute}"
    if act.services > services:
        return f"takes {act.services} services, and the settings have {services}"
    if act.source not in ("", source):
        return f"is about a service whose source is {act.source}, and the first service's is {source}"
    return ""


def print_acts(console: Console) -> None:
    """One line for each act: its name, whether it is one of the usual ones, and its claim."""
    table = Table(box=None, pad_edge=False)
    for heading in ("Act", "Usual", "Claim"):
        table.add_column(heading)
    for act in REPERTOIRE:
        table.add_row(act.name, "yes" if act in DEFAULT else "", act.claim)
    console.print(table)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM ends a rehearsal as Ctrl-C does: through every `finally`."""
    raise KeyboardInterrupt


def _curl(stage: Stage) -> str:
    """A request to the front door. A domain is nobody's here, and its certificate trusted by nobody else."""
    lookout = Lookout(stage)
    url = urlsplit(lookout.outputs("Edge")["FrontDoorUrl"])
    options = "" if url.netloc == lookout.address() else f"--connect-to {url.hostname}::{lookout.address()} "
    options += f"--cacert {authority_file(stage.place.root)} " if url.scheme == "https" else ""
    return f"curl -i {options}{url.geturl()}/health"


def _lingering(console: Console) -> Callable[[Stage], None]:
    def linger(stage: Stage) -> None:
        folder = stage.place.project.folder
        console.print(
            f"\nEverything is still running; Ctrl-C ends it. In another terminal:\n"
            f"  cd {folder} && . ./activate\n"
            f"  greenlight status\n"
            f"  greenlight doctor\n"
            f"  {_curl(stage)}\n",
            markup=False,
        )
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            console.print("ending")

    return linger
