"""A hundred switches, back and forth without a pause, under load: what users notice of them.

`python -m bench switches`, about twenty minutes. Everything is real but AWS: each switch is a `cdk deploy` of the
release stack, with gate, smoke test, shift and bake, as in a rehearsal. It fails if a single request failed, if a
switch was not DONE, or if there were fewer than a million requests.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console
from traffic_switch.contract import Color

from greenlight import cdk
from greenlight.rehearsal.acts.flags import RELEASE, UNDO
from greenlight.rehearsal.journal import SwitchSeen
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.snapshot import Lookout
from greenlight.rehearsal.stage import Stage
from greenlight.rehearsal.traffic.analysis import percentile, shift_seconds, summarize
from greenlight.rehearsal.traffic.process import Traffic, TrafficOrder
from greenlight.rehearsal.traffic.record import RequestRecord
from greenlight.rehearsal.versions import Cast

SWITCHES = 100
REQUESTS = 1_000_000
LOAD = Load(rate=1000, connections=50)
PLACE = Place(Path("build/bench/switches").resolve())
LAST_SECONDS = 2.0


def main(switches: int = SWITCHES, requests: int = REQUESTS, compute: str = "ec2") -> int:
    """Switch so many times, and go on asking until there were so many requests; return 0 if nothing failed."""
    flags = {"release": RELEASE, "undo": UNDO}
    order = Order(compute, [], Cast("1.0.0", "2.0.0"), LOAD, more_flags=flags, place=PLACE)
    with Progress(Console(quiet=True)) as progress, opened(order, progress) as stage:
        prepare(stage)
        known = len(Lookout(stage).switches())
        records = under_load(stage, switches, requests)
        seen = Lookout(stage).switches()[known:]
    return tell(records, seen, switches, requests)


def prepare(stage: Stage) -> None:
    """Both colors with their versions, and blue live."""
    outcome = stage.deploy("undo", lambda: None)
    if outcome.code:
        raise SystemExit(f"the bench could not begin: {outcome.why} (see {stage.place.logs})")


def under_load(stage: Stage, switches: int, requests: int) -> Sequence[RequestRecord]:
    """Switch again and again under one load."""
    url = Lookout(stage).outputs("Edge")["FrontDoorUrl"]
    order = TrafficOrder(url, stage.place.record("switches"), LOAD.rate, LOAD.connections)
    began = time.monotonic()
    with Traffic(order, stage.place.logs / "traffic.log", stage.processes) as traffic:
        for number, assembly in enumerate(islice(cycle(("release", "undo")), switches), start=1):
            switch(stage, assembly)
            print(f"\r{number} of {switches} switches, {time.monotonic() - began:.0f} s", end="", flush=True)
        time.sleep(max(LAST_SECONDS, began + requests / LOAD.rate + LAST_SECONDS - time.monotonic()))
        print()
        return traffic.stop()


def switch(stage: Stage, assembly: str) -> None:
    """One switch. A failed one is in the journal, and is told at the end."""
    command = cdk.deploy(
        ["GreenlightRelease"], assembly=stage.place.assembly(assembly), exclusively=True, may_widen=True
    )
    stage.run(command, f"deploy-{assembly}", lambda: None)


def tell(records: Sequence[RequestRecord], seen: Sequence[SwitchSeen], switches: int, requests: int) -> int:
    """Print the figures, and return 0 if they are as they must be."""
    times = sorted(shift_times(records, seen))
    summary = summarize(records)
    done = sum(switch.outcome == "DONE" for switch in seen)
    print(f"{done} of {switches} switches done, {summary.failed} of {summary.requests:,} requests failed")
    if times:
        median, p99 = statistics.median(times), percentile(times, 99)
        print(f"shift: median {median * 1000:.0f} ms, P99 {p99 * 1000:.0f} ms, worst {times[-1] * 1000:.0f} ms")
    if summary.latency:
        print(f"requests: p50 {summary.latency.p50:.1f} ms, p99 {summary.latency.p99:.1f} ms")
    good = done == switches == len(times) and not summary.failed and summary.requests >= requests
    return 0 if good else 1


def shift_times(records: Sequence[RequestRecord], seen: Sequence[SwitchSeen]) -> list[float]:
    """For each switch, how long after its write of the rule the other color still answered."""
    moments = [(s.shifted_at, Color(s.color)) for s in seen if s.shifted_at is not None]
    ends = [moment for moment, _ in moments[1:]] + [None]
    found = [shift_seconds(records, at, color, end) for (at, color), end in zip(moments, ends, strict=True)]
    return [seconds for seconds in found if seconds is not None]


if __name__ == "__main__":
    sys.exit(main())
