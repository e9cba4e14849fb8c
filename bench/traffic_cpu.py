"""Measure what the load generator itself costs: `python bench/traffic_cpu.py`.

A rehearsal shares its cores with everything that it rehearses, so the generator may take at most 30 % of one core at
1,000 requests per second. The server here answers with constant bytes, in a process of its own.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from greenlight.rehearsal.traffic.analysis import summarize
from greenlight.rehearsal.traffic.record import read_records

SECONDS = 10
RATES = (250, 1000, 2000, 4000)
LIMIT_PERCENT = 30.0

BODY = b"x" * 2000
ANSWER = (
    b"HTTP/1.1 200 OK\r\nX-Environment: blue\r\nX-Version: 1.0.0\r\nContent-Type: text/html\r\nServer: envoy\r\n"
    b"Date: Thu, 01 Jan 2026 00:00:00 GMT\r\nETag: abc\r\nContent-Length: %d\r\n\r\n" % len(BODY)
) + BODY


class Side(asyncio.Protocol):
    """The server's side of a connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002
        """Answer."""
        self._transport.write(ANSWER)


def serve(ready: Connection) -> None:
    """Answer on a free port, and tell which."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Side, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def cpu_seconds() -> float:
    """Return what children that have ended used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(port: int, rate: int, folder: Path) -> float:
    """Run one load, print its figures, and return its share of a core in percent."""
    record = folder / f"{rate}.jsonl"
    command = [sys.executable, "-m", "greenlight.rehearsal.traffic", "--url", f"http://127.0.0.1:{port}"]
    before = cpu_seconds()
    subprocess.run(
        [*command, "--record", str(record), "--rate", str(rate), "--seconds", str(SECONDS)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    percent = (cpu_seconds() - before) / SECONDS * 100
    summary = summarize(read_records(record))
    assert summary.latency is not None
    figures = f"p50 {summary.latency.p50:.2f} ms, p99 {summary.latency.p99:.2f} ms, {summary.failed} failed"
    print(
        f"{rate:>5} requests/s: {percent:5.1f} % of one core, {summary.answered_per_second:,.0f} answered/s, {figures}"
    )
    return percent


def main() -> int:
    """Measure every rate; fail if the one of a rehearsal costs too much."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        percents = {rate: measure(port, rate, Path(folder)) for rate in RATES}
    server.terminate()
    return int(percents[1000] > LIMIT_PERCENT)


if __name__ == "__main__":
    sys.exit(main())
