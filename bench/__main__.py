"""`make bench`: every benchmark in turn, or those that are named: `python -m bench switches`."""

from __future__ import annotations

import sys

from bench import shift_latency, shop, switches, traffic_cpu

BENCHES = {
    "traffic_cpu": traffic_cpu.main,
    "shift_latency": shift_latency.main,
    "switches": switches.main,
    "shop": shop.main,
}


def main(names: list[str]) -> int:
    """Run them; the exit code is 1 if one of them was not as it must be."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    return max(int(BENCHES[name]() or 0) for name in names or BENCHES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
