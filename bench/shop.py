"""How many requests the shop answers, and how fast, through the balancer: the table of docs/results.md.

`python -m bench shop`, about three minutes. Each row offers a rate of the shop's mix (`traffic/profile.py`) over so
many connections. A request's time counts from when it was due, so that a system which falls behind cannot look fast.
It fails if a request failed, or if a row stays behind what is demanded of every one.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.snapshot import Lookout
from greenlight.rehearsal.stage import Stage
from greenlight.rehearsal.traffic.analysis import percentile, summarize
from greenlight.rehearsal.traffic.paths import profile_of
from greenlight.rehearsal.traffic.process import Traffic, TrafficOrder
from greenlight.rehearsal.traffic.profile import write_profile
from greenlight.rehearsal.traffic.record import RequestRecord
from greenlight.rehearsal.versions import Cast

USERS = (50, 75, 100)
RATE = 1400.0
WARM_SECONDS, SECONDS = 5.0, 40.0
LEAST_RATE, MOST_P95_MS = 1350.0, 198.0
"""What is demanded: three times the 450 requests per second of the deployment that Greenlight is measured against."""
PLACE = Place(Path("build/bench/shop").resolve())


@dataclass(frozen=True)
class Row:
    """The figures of one run; times in milliseconds."""

    users: int
    rate: float
    mean: float
    p50: float
    p95: float
    p99: float
    failed: int

    @classmethod
    def of(cls, users: int, records: Sequence[RequestRecord]) -> Row:
        """The figures of a record, without the time in which everything is still warming up."""
        begun = min(record.due_at for record in records) + WARM_SECONDS
        counted = [record for record in records if record.due_at >= begun]
        times = sorted(record.latency_seconds * 1000 for record in counted)
        lasted = max(record.completed_at for record in counted) - begun
        p50, p95, p99 = (percentile(times, share) for share in (50, 95, 99))
        return cls(users, len(counted) / lasted, statistics.fmean(times), p50, p95, p99, summarize(records).failed)

    @property
    def is_enough(self) -> bool:
        """Whether nothing failed, and it was as fast as is demanded."""
        return not self.failed and self.rate >= LEAST_RATE and self.p95 < MOST_P95_MS

    def __str__(self) -> str:
        figures = f"{self.rate:,.0f} | {self.mean:.1f} | {self.p50:.1f} | {self.p95:.1f} | {self.p99:.1f}"
        return f"| {self.users} | {figures} | {self.failed} |"


def main(compute: str = "ec2", rate: float = RATE) -> int:
    """Measure every number of users in turn; return 0 if each is as demanded."""
    order = Order(compute, [], Cast("1.0.0", "2.0.0"), Load(rate, max(USERS)), place=PLACE)
    with Progress(Console(quiet=True)) as progress, opened(order, progress) as stage:
        rows = list(measured(stage, rate))
    return 0 if all(row.is_enough for row in rows) else 1


def measured(stage: Stage, rate: float) -> Iterator[Row]:
    """Print each row as it is known."""
    url = Lookout(stage).outputs("Edge")["FrontDoorUrl"]
    profile = stage.place.profile(stage.service.name)
    write_profile(profile_of(stage.service, stage.settings.services), profile)
    print("| users | requests/s | mean ms | P50 ms | P95 ms | P99 ms | failed |\n|---|---|---|---|---|---|---|")
    for users in USERS:
        order = TrafficOrder(url, stage.place.record(f"shop-{users}"), rate, users, profile=str(profile))
        with Traffic(order, stage.place.logs / f"traffic-{users}.log", stage.processes) as traffic:
            time.sleep(WARM_SECONDS + SECONDS)
            row = Row.of(users, traffic.stop())
        print(row, flush=True)
        yield row


if __name__ == "__main__":
    sys.exit(main())
