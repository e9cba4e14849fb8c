"""Ends what a process started when that process is gone, however it went: a program that imports nothing of ours.

It reads `watch <group>` and `forget <group>` lines, each with the id of a process group, and waits for the end of its
input, which comes when its owner ends, even by `kill -9`. What is still watched then gets SIGTERM, and SIGKILL a
little later. It is the only portable way: neither Envoy nor Node can be told to die with its parent on macOS.
"""

from __future__ import annotations

import os
import signal
import sys
import time

GRACE_SECONDS = 3.0
STEP_SECONDS = 0.05


def watched(lines: list[str]) -> set[int]:
    """The process groups that were watched and not forgotten."""
    groups: set[int] = set()
    for line in lines:
        verb, _, group = line.strip().partition(" ")
        (groups.add if verb == "watch" else groups.discard)(int(group))
    return groups


def end(groups: set[int]) -> None:
    """Ask the groups to stop, then make them. One that is gone is left alone: its number may be another's by then."""
    left = {group for group in groups if _signal(group, signal.SIGTERM)}
    deadline = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(STEP_SECONDS)
        left = {group for group in left if _signal(group, 0)}
    for group in left:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main() -> None:
    """Run until the input ends. Signals meant for its owner must not end the janitor."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end(watched(sys.stdin.readlines()))


if __name__ == "__main__":
    main()
