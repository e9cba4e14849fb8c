"""Publishes what the balancer sees as CloudWatch metrics: once a minute, as a load balancer does, or more often.

Source: docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html ("measures and
sends its metrics in 60-second intervals"). A quick rehearsal cannot wait that long, and asks for every second or more.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import cloudwatch

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.balancer.access_log import Request
from greenlight.rehearsal.balancer.metrics import NAMESPACE, Datum, host_data, request_data
from greenlight.rehearsal.cloud.elbv2.edge import Edge
from greenlight.rehearsal.cloud.requirement import require

INTERVAL_VARIABLE = "GREENLIGHT_METRICS_SECONDS"
MINUTE_SECONDS = 60.0

log = logging.getLogger(__name__)


class Publication:
    """A thread that publishes until the process ends."""

    def __init__(self, edge: Edge, now: Callable[[], float] = time.time) -> None:
        require(cloudwatch, "_store_datum")
        self._edge = edge
        self._now = now
        self._interval_seconds = float(os.environ.get(INTERVAL_VARIABLE, MINUTE_SECONDS))
        self._waiting: list[Request] = []
        self._stopped = threading.Event()

    def start(self) -> None:
        """Publish from now on."""
        threading.Thread(target=self._run, name="balancer-metrics", daemon=True).start()

    def stop(self) -> None:
        """Publish no more."""
        self._stopped.set()

    def publish(self) -> None:
        """Publish what was seen since the last time, each request in the period in which it ended.

        A period of a minute is published when it is over; one of a second at once, and again as more comes.
        """
        now, period = self._now(), max(1, int(self._interval_seconds))
        seen = [*self._waiting, *self._edge.balancer.new_requests()]
        end = now - now % period if period > 1 else math.inf
        self._waiting = [request for request in seen if request.ended_at >= end]
        requests: defaultdict[int, list[Request]] = defaultdict(list)
        for request in seen:
            if request.ended_at < end:
                requests[int(request.ended_at // period * period)].append(request)
        for start in sorted(requests):
            _store(request_data(requests[start]), float(start))
        _store(host_data(self._edge.hosts()), now if period == 1 else end - period)

    def _run(self) -> None:
        set_request_account_id(ACCOUNT)
        set_request_region(REGION)
        while not self._stopped.wait(self._interval_seconds - self._now() % self._interval_seconds):
            try:
                self.publish()
            except Exception:
                log.exception("the balancer's metrics of the last %g s are lost", self._interval_seconds)


def _store(data: Iterable[Datum], timestamp: float) -> None:
    for datum in data:
        values, counts = zip(*datum.values, strict=True)
        dimensions = dict(datum.dimensions)
        cloudwatch._store_datum(NAMESPACE, datum.name, dimensions, timestamp, datum.unit, None, values, counts, None)
