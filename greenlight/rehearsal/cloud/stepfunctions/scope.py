"""What the fields of a state can refer to: the context object, and the variables."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ministack.core.responses import now_iso

from greenlight.rehearsal.cloud.stepfunctions.execution import Execution

State = Mapping[str, Any]


class Leaving(NamedTuple):
    """How a state is left: its output, the variables that it sets, and the next state, None at the end."""

    output: Any
    assigned: Mapping[str, Any]
    following: str | None


@dataclass
class Scope:
    """One path's view. `language` is the machine's query language; a state may have its own."""

    context: dict[str, Any]
    language: str = "JSONPath"
    variables: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, execution: Execution) -> Scope:
        """The view at the start of an execution (Step Functions guide, "Context object")."""
        record, machine = execution.record, execution.machine
        context = {
            "Execution": {
                "Id": record["executionArn"],
                "Input": json.loads(record["input"]),
                "StartTime": record["startDate"],
                "Name": record["name"],
                "RoleArn": machine["roleArn"],
                "RedriveCount": record.get("redriveCount", 0),
                **({"RedriveTime": record["redriveDate"]} if record.get("redriveDate") else {}),
            },
            "StateMachine": {"Id": machine["stateMachineArn"], "Name": machine["name"]},
        }
        return cls(context, execution.definition.get("QueryLanguage", "JSONPath"))

    def enter(self, name: str, *, retries: bool) -> None:
        """Begin a state. Only one that can be retried counts its retries."""
        self.context["State"] = {"Name": name, "EnteredTime": now_iso()} | ({"RetryCount": 0} if retries else {})
        self.context.pop("Task", None)

    def inner(self, **context: Any) -> Scope:
        """The view from a branch or an iteration: what it assigns stays there."""
        return Scope({**copy.deepcopy(self.context), **context}, self.language, dict(self.variables))

    def is_jsonata(self, state: State) -> bool:
        """Whether the fields of a state are in JSONata."""
        return bool(state.get("QueryLanguage", self.language) == "JSONata")


def after(state: State) -> str | None:
    """The state that follows, None at the end."""
    return None if state.get("End") else state.get("Next")
