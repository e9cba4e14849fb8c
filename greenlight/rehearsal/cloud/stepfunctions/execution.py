"""One execution of a state machine: its record, its context object, and the one moment at which it ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

MOST_DATA_BYTES = 262_144
"""What one state may hand to the next (Step Functions quotas, "Maximum input or output size")."""


class EndedError(Exception):
    """The execution was stopped or ran out of time while a state was at work."""


@dataclass(frozen=True)
class Execution:
    """A running execution. `record` is ministack's, and is what DescribeExecution shows."""

    record: dict[str, Any]
    machine: Mapping[str, Any]
    definition: Mapping[str, Any]
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_running(self) -> bool:
        """Whether it may enter another state."""
        return bool(self.record["status"] == "RUNNING")

    def context_object(self) -> dict[str, Any]:
        """What expressions see as `$states.context`, and in `variables` what they see as `$name`."""
        return {
            "QueryLanguage": self.definition.get("QueryLanguage", "JSONPath"),
            "Execution": {
                "Id": self.record["executionArn"],
                "Input": json.loads(self.record["input"]),
                "Name": self.record["name"],
                "RedriveCount": 0,
                "RoleArn": self.machine["roleArn"],
                "StartTime": self.record["startDate"],
            },
            "StateMachine": {"Id": self.machine["stateMachineArn"], "Name": self.machine["name"]},
            "variables": {},
        }

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end.

        Raises:
            EndedError: it was stopped meanwhile.
        """
        if self.ended.wait(seconds):
            raise EndedError


CURRENT: ContextVar[Execution | None] = ContextVar("current_execution", default=None)
"""The execution that the running thread works for."""
