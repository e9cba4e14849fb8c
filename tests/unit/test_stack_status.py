"""What CloudFormation is doing with a stack, for whoever asks for no more than that."""

from __future__ import annotations

from typing import Any

from traffic_switch.ports.stack_status import status


class Stacks:
    """A client that knows one stack."""

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"Stacks": [{"StackStatus": "UPDATE_IN_PROGRESS"}]} if StackName == "arn:stack" else {}


def test_the_status_is_that_of_the_stack_that_is_asked_about() -> None:
    stacks: Any = Stacks()

    assert status(stacks, "arn:stack") == "UPDATE_IN_PROGRESS"
