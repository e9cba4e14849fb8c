"""How long after a changed weight users get the other color, and what the balancer costs against no balancer."""

from __future__ import annotations

import http.client
import statistics
import tempfile
import time
from pathlib import Path

from tests.rehearsal.load_balancing import Shop, serving
from tests.rehearsal.local_cloud import started

SHIFTS = 20
REQUESTS = 2000


def main() -> int:
    """Print the median and the worst of both; nothing is too slow here."""
    folder = Path(tempfile.mkdtemp())
    with started(folder, "elbv2", "iam") as cloud, serving("blue", "green") as (blue, green):
        shop = Shop(cloud)
        for group, server in ((shop.blue, blue), (shop.green, green)):
            shop.register(group, server.port)
        assert shop.becomes(shop.blue, "healthy")
        assert shop.becomes(shop.green, "healthy")
        shifts = [_shift(shop, "green" if number % 2 == 0 else "blue") for number in range(SHIFTS)]
        through, direct = _request_seconds(shop.host, shop.port), _request_seconds("127.0.0.1", blue.port)
    print(f"shift: median {statistics.median(shifts) * 1000:.0f} ms, worst {max(shifts) * 1000:.0f} ms of {SHIFTS}")
    print(f"request through the balancer / direct: {through / direct:.2f} (median of {REQUESTS} each)")
    return 0


def _shift(shop: Shop, color: str) -> float:
    """Seconds from the answer of ModifyRule to the first answer of the color."""
    shop.shift(*((100, 0) if color == "blue" else (0, 100)))
    written = time.perf_counter()
    while shop.get()[1] != color:
        pass
    return time.perf_counter() - written


def _request_seconds(host: str, port: int) -> float:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    seconds = []
    for _ in range(REQUESTS):
        started_at = time.perf_counter()
        connection.request("GET", "/")
        connection.getresponse().read()
        seconds.append(time.perf_counter() - started_at)
    connection.close()
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
