"""All checks side by side, each in a thread of its own, until the last has answered or the time is over."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from greenlight.doctor.finding import Examined, Finding, unchecked
from greenlight.doctor.unreadable import unreadable

Look = Callable[[], Iterable[Finding]]
Tell = Callable[[Sequence[str]], None]
"""Is told which checks have not answered yet, whenever that changes."""


def unheard(_waiting: Sequence[str]) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Check:
    """A name for the operator, and what reads and judges."""

    name: str
    look: Look


def examine(checks: Sequence[Check], seconds: float, tell: Tell = unheard) -> list[Examined]:
    """Run the checks side by side and return what each found, in their order.

    The threads are daemons: one that hangs on a network keeps neither Ctrl-C nor the end of the program waiting.
    """
    answers: queue.SimpleQueue[Examined] = queue.SimpleQueue()
    for check in checks:
        threading.Thread(target=_run, args=(check, answers), name=check.name, daemon=True).start()
    found = _collect(answers, [check.name for check in checks], time.monotonic() + seconds, tell)
    return [found.get(check.name) or _silent(check.name, seconds) for check in checks]


def _run(check: Check, answers: queue.SimpleQueue[Examined]) -> None:
    try:
        findings = tuple(check.look())
    except Exception as error:  # a check that breaks must not hide what the others found
        findings = (unreadable(error),)
    answers.put(Examined(check.name, findings))


def _collect(
    answers: queue.SimpleQueue[Examined], names: Sequence[str], deadline: float, tell: Tell
) -> dict[str, Examined]:
    found: dict[str, Examined] = {}
    while len(found) < len(names):
        tell([name for name in names if name not in found])
        try:
            answer = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        found[answer.check] = answer
    return found


def _silent(name: str, seconds: float) -> Examined:
    repair = "look at the network and at AWS's health dashboard, then try again"
    return Examined(name, (unchecked(f"no answer within {seconds:g} s", repair),))
