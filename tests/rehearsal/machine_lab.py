"""A local cloud with one function, and a role that may do everything, for state machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rehearsal.local_cloud import EVERYTHING, LocalCloud, eventually, started

INVOKE = "arn:aws:states:::lambda:invoke"
FUNCTION = """
import time

class GateClosedError(Exception):
    pass

def handle(event, context):
    if event.get("raise"):
        raise GateClosedError(event["raise"])
    time.sleep(event.get("sleep", 0))
    print(event.get("say", ""))
    return {"seen": event}
"""


@dataclass(frozen=True)
class Lab:
    """The cloud with one function, and a role that may do everything."""

    cloud: LocalCloud
    role: str
    states: Any

    def machine(self, name: str, states: Mapping[str, Any], role: str = "", **settings: Any) -> str:
        definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **settings}
        created = self.states.create_state_machine(
            name=name, roleArn=role or self.role, definition=json.dumps(definition)
        )
        return str(created["stateMachineArn"])

    def start(self, machine: str, data: object = None, **settings: Any) -> str:
        begun = self.states.start_execution(stateMachineArn=machine, input=json.dumps(data or {}), **settings)
        return str(begun["executionArn"])

    def ended(self, execution: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            seen: dict[str, Any] = self.states.describe_execution(executionArn=execution)
            return None if seen["status"] == "RUNNING" else seen

        found: dict[str, Any] = eventually(look)
        return found

    def run(self, name: str, states: Mapping[str, Any], data: object = None, **settings: Any) -> dict[str, Any]:
        return self.ended(self.start(self.machine(name, states, **settings), data))

    def said(self) -> str:
        """What the function printed so far."""
        return (self.cloud.run_dir / "logs" / "lambda" / "work.log").read_text()

    def history(self, execution: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self.states.get_execution_history(executionArn=execution)["events"]
        return events


def task(payload: object, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": INVOKE,
        "Arguments": {"FunctionName": "work", "Payload": payload},
        "Output": "{% $states.result.Payload %}",
        **more,
    }


@contextmanager
def started_lab(run_dir: Path) -> Iterator[Lab]:
    """Start the cloud with Step Functions and Lambda, and the function `work` in it."""
    with started(run_dir, "iam", "lambda_functions", "stepfunctions") as cloud:
        role = cloud.role("machine", "states.amazonaws.com", EVERYTHING)
        cloud.function("work", FUNCTION, cloud.role("work", "lambda.amazonaws.com"), Timeout=10)
        yield Lab(cloud, role, cloud.client("stepfunctions"))
