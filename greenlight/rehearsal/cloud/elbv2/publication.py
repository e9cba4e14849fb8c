"""Publishes what the balancer sees as CloudWatch metrics, every second or more often instead of every minute."""

from __future__ import annotations

import logging
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
DEFAULT_INTERVAL_SECONDS = 1.0

log = logging.getLogger(__name__)


class Publication:
    """A thread that publishes until the process ends."""

    def __init__(self, edge: Edge, now: Callable[[], float] = time.time) -> None:
        require(cloudwatch, "_store_datum")
        self._edge = edge
        self._now = now
        self._interval_seconds = float(os.environ.get(INTERVAL_VARIABLE, DEFAULT_INTERVAL_SECONDS))
        self._stopped = threading.Event()

    def start(self) -> None:
        """Publish from now on."""
        threading.Thread(target=self._run, name="balancer-metrics", daemon=True).start()

    def stop(self) -> None:
        """Publish no more."""
        self._stopped.set()

    def publish(self) -> None:
        """Publish what was seen since the last time: each request in the second in which it ended."""
        requests: defaultdict[int, list[Request]] = defaultdict(list)
        for request in self._edge.balancer.new_requests():
            requests[int(request.ended_at)].append(request)
        for second in sorted(requests):
            _store(request_data(requests[second]), float(second))
        _store(host_data(self._edge.hosts()), self._now())

    def _run(self) -> None:
        set_request_account_id(ACCOUNT)
        set_request_region(REGION)
        while not self._stopped.wait(self._interval_seconds):
            try:
                self.publish()
            except Exception:
                log.exception("the balancer's metrics of the last %g s are lost", self._interval_seconds)


def _store(data: Iterable[Datum], timestamp: float) -> None:
    for datum in data:
        values, counts = zip(*datum.values, strict=True)
        dimensions = dict(datum.dimensions)
        cloudwatch._store_datum(NAMESPACE, datum.name, dimensions, timestamp, datum.unit, None, values, counts, None)
