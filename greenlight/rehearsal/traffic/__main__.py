"""The load generator as a process: `python -m greenlight.rehearsal.traffic --url http://127.0.0.1:8080 --record FILE`.

It prints `ready` once its connections are open, stops on SIGTERM or SIGINT, and then prints its tally as JSON.
"""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import click

from greenlight.rehearsal.traffic.generator import GRACE_SECONDS, Load, Tally, UnreachableError, generate
from greenlight.rehearsal.traffic.place import PlaceError, place
from greenlight.rehearsal.traffic.pool import PoolLimits
from greenlight.rehearsal.traffic.profile import SHOP, Profile, ProfileError, load_profile, single


@click.command(context_settings={"show_default": True})
@click.option("--url", required=True, help="Where the service answers: http://host:port, or https.")
@click.option("--connect", default="", help="host:port to connect to, whatever the URL's name leads to.")
@click.option("--authority", type=click.Path(path_type=Path), help="A PEM file; else the system's authorities.")
@click.option("--redirects", is_flag=True, help="From HTTP to HTTPS, or back: no failure.")
@click.option("--record", required=True, type=click.Path(path_type=Path), help="A new file for the record.")
@click.option("--rate", default=1000.0, type=click.FloatRange(0.1, 20_000), help="Requests a second.")
@click.option("--connections", default=50, type=click.IntRange(1, 1000), help="Kept open from the start.")
@click.option("--max-connections", default=250, type=click.IntRange(1, 1000), help="The most there may be.")
@click.option("--timeout-seconds", default=5.0, type=click.FloatRange(0.05, 300), help="From the due time.")
@click.option("--grace-seconds", default=GRACE_SECONDS, type=click.FloatRange(0, 300), help="For the last answers.")
@click.option("--profile", help="A JSON file of request kinds, or a path such as / for that alone; else a shop's mix.")
@click.option("--seconds", type=click.FloatRange(0.1), help="Stop by itself after this time.")
def main(
    url: str,
    connect: str,
    authority: Path | None,
    redirects: bool,
    record: Path,
    rate: float,
    connections: int,
    max_connections: int,
    timeout_seconds: float,
    grace_seconds: float,
    profile: str | None,
    seconds: float | None,
) -> None:
    """Ask a service at a constant rate and record every answer."""
    try:
        where = place(url, connect, authority, redirects=redirects)
    except PlaceError as error:
        raise click.BadParameter(str(error), param_hint="--url, --connect or --authority") from error
    limits = PoolLimits(connections, max(connections, max_connections), timeout_seconds)
    load = Load(where, rate, limits, _profile(profile), grace_seconds=grace_seconds)
    try:
        tally = asyncio.run(_run(load, record, seconds))
    except UnreachableError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"cannot write the record: {error}; name a new file in a folder that exists"
        ) from error
    print(json.dumps(tally.as_json()), flush=True)


async def _run(load: Load, record: Path, seconds: float | None) -> Tally:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    if seconds is not None:
        loop.call_later(seconds, stop.set)
    return await generate(load, record, stop, ready=lambda: print("ready", flush=True))


def _profile(value: str | None) -> Profile:
    if value is None:
        return SHOP
    try:
        return load_profile(Path(value)) if value.endswith(".json") else single(value)
    except ProfileError as error:
        raise click.BadParameter(str(error), param_hint="--profile") from error


if __name__ == "__main__":
    main()
