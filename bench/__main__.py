"""`make bench`: every benchmark in turn."""

from __future__ import annotations

from bench import shift_latency, traffic_cpu

if __name__ == "__main__":
    traffic_cpu.main()
    shift_latency.main()
