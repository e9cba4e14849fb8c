"""The shoppers as a process: `python -m greenlight.rehearsal.shoppers --url http://127.0.0.1:8080 --record FILE ...`.

It says how many are logged in, and `ready` when all are; on SIGTERM or SIGINT everybody looks back, and it ends.
"""

from __future__ import annotations

import logging
import signal
from pathlib import Path

import click

from greenlight.rehearsal.shoppers.browser import FailedRequestError, SharedRecord
from greenlight.rehearsal.shoppers.crowd import THINK_SECONDS, Crowd, CrowdOrder
from greenlight.rehearsal.shoppers.ledger import write_ledgers
from greenlight.rehearsal.shoppers.ways import RefusedError
from greenlight.rehearsal.traffic.place import PlaceError, place

ENDS = (signal.SIGTERM, signal.SIGINT)


@click.command()
@click.option("--url", required=True, help="Where the shop answers: http://host:port, or https.")
@click.option("--connect", default="", help="host:port to connect to, whatever the URL's name leads to.")
@click.option("--authority", type=click.Path(path_type=Path), help="A PEM file; else the system's authorities.")
@click.option("--record", required=True, type=click.Path(path_type=Path), help="A new file for every request.")
@click.option("--ledgers", required=True, type=click.Path(path_type=Path), help="A file for what everybody knows.")
@click.option("--people", default=200, type=click.IntRange(1, 5000))
@click.option("--think", nargs=2, type=float, default=THINK_SECONDS, help="Least and most seconds between two deeds.")
def main(
    url: str,
    connect: str,
    authority: Path | None,
    record: Path,
    ledgers: Path,
    people: int,
    think: tuple[float, float],
) -> None:
    """Let people with accounts use the shop until a signal comes."""
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it warns of each connection that is not kept
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # every thread inherits it, and sigwait takes what comes
    try:
        where = place(url, connect, authority)
    except PlaceError as error:
        raise click.BadParameter(str(error), param_hint="--url, --connect or --authority") from error
    noted = SharedRecord(record)
    try:
        crowd = Crowd(CrowdOrder(where, people, think), noted, _tell)
    except (FailedRequestError, RefusedError, OSError) as error:
        raise click.ClickException(f"nobody can shop at {where}: {error}") from error
    crowd.open()
    signal.sigwait(ENDS)
    write_ledgers(crowd.close(), ledgers)
    noted.close()


def _tell(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    main()
