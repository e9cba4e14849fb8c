"""What a process can say about itself and its machine."""

from __future__ import annotations

import os
import platform
import socket
import time
from typing import Any

import psutil

_STARTED = time.monotonic()


def uptime_seconds() -> float:
    """Return how long this process has been at work."""
    return round(time.monotonic() - _STARTED, 3)


def runtime_report() -> dict[str, Any]:
    """Return hostname, platform, processors, memory, the version of Python and the uptime.

    In a container the processors and the memory are those of its host; `process_seconds` and `process_bytes` are its
    own.
    """
    memory, process = psutil.virtual_memory(), psutil.Process()
    return {
        "hostname": socket.gethostname(),
        "platform": platform.platform(),
        "python_version": platform.python_version(),
        "uptime_seconds": uptime_seconds(),
        "cpu": {
            "count": os.cpu_count(),
            "load_average": [round(each, 2) for each in os.getloadavg()],
            "process_seconds": round(sum(process.cpu_times()[:2]), 3),
        },
        "memory": {
            "total_bytes": memory.total,
            "available_bytes": memory.available,
            "used_percent": memory.percent,
            "process_bytes": process.memory_info().rss,
        },
    }
