"""Every path through the switch's machine: what its functions may answer, and in which combinations."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.states.errors import TaskError
from tests.simulation.states.switch import definition

MODES: Sequence[tuple[str, str]] = (
    ("release", ""),
    ("release", "an older switch"),
    ("restore", ""),
    ("remove", ""),
    ("repair", ""),
    ("repair", "an older switch"),
)
"""What the switch is for, and the debt that comes with the lock."""

ERRORS = ("Lambda.Unknown", "AwsCallError", "States.Timeout", "States.Runtime", "KeyError")
LAME: Mapping[str, Any] = {"verdict": "PASS"}
"""An answer that lacks what the machine reads."""


def verdicts() -> list[str]:
    """Every verdict that a condition of the machine names, PASS first, and one that none names."""
    named = set(re.findall(r"verdict = '(\w+)'", json.dumps(definition())))
    return ["PASS", *sorted(named - {"PASS"}), "UNHEARD OF"]


@dataclass
class Script:
    """What happens in one run: the n-th invocation ends as `choices[n]` says, and with PASS after the last choice."""

    mode: str
    debt: str
    choices: Sequence[int]
    options: Sequence[str]
    taken: int = 0
    time: float = 0.0
    calls: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def input(self) -> dict[str, Any]:
        return {"switch_id": "s", "service": "shop", "mode": self.mode, "color": "green", "version": "v2"}

    def invoke(self, function: str, payload: Any, timeout: float) -> Any:
        self.calls.append((function, payload))
        self.time += 1.5
        chosen = self.choices[self.taken] if self.taken < len(self.choices) else 0
        self.taken += 1
        option = self.options[chosen]
        if option == "TOO SLOW":
            self.time += timeout
            raise TaskError("States.Timeout")
        if option == "LAME":
            return dict(LAME)
        if option in ERRORS:
            raise TaskError(option, json.dumps({"errorMessage": f"{function} failed"}))
        return self._answer(function, option)

    def _answer(self, function: str, verdict: str) -> dict[str, Any]:
        return {
            "verdict": verdict,
            "reason": f"{function} says {verdict}",
            "progress": {"look": self.taken, "none": None, "list": [1], "empty": []},
            "wait_seconds": 5,
            "hold": {"epoch": 1, "debt": self.debt, "held_at": 2.5},
            "before": {"weights": {"blue": 100, "green": 0}, "live": {}},
        }

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def scripts(deviations: int) -> Generator[tuple[str, str, tuple[int, ...]], int, None]:
    """Mode, debt and choices, with at most so many answers other than PASS. The reader has to say how long a run got:
    send() it the number of invocations.
    """
    count = len(options())
    for mode, debt in MODES:
        waiting: list[tuple[int, ...]] = [()]
        while waiting:
            choices = waiting.pop()
            length = yield mode, debt, choices
            if sum(map(bool, choices)) < deviations:
                for at in range(len(choices), length):
                    waiting += [(*choices, *[0] * (at - len(choices)), one) for one in range(1, count)]


def options() -> list[str]:
    """Everything that one invocation can end with; the first is the usual one."""
    return [*verdicts(), "TOO SLOW", "LAME", *ERRORS]
