"""Executions of the state machine: started under the request's id, so that a repeated request starts nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from traffic_switch.model import Switch

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Executions:
    """The state machine of the switch."""

    def __init__(self, client: SFNClient, state_machine_arn: str) -> None:
        self._client = client
        self._arn = state_machine_arn

    def start(self, switch: Switch) -> None:
        """Start the switch; that it was started before is a success."""
        try:
            self._client.start_execution(stateMachineArn=self._arn, name=switch.id, input=json.dumps(switch.as_input()))
        except self._client.exceptions.ExecutionAlreadyExists:
            return

    def is_running(self, switch_id: str) -> bool:
        """Whether a switch has not ended. One that never started does not run."""
        try:
            return self._client.describe_execution(executionArn=self._execution(switch_id))["status"] == "RUNNING"
        except self._client.exceptions.ExecutionDoesNotExist:
            return False

    def stop(self, switch_id: str, cause: str) -> None:
        """Stop a switch that is being undone; one that has ended or never started is left alone."""
        if self.is_running(switch_id):
            self._client.stop_execution(executionArn=self._execution(switch_id), error="Undone", cause=cause)

    def _execution(self, switch_id: str) -> str:
        return self._arn.replace(":stateMachine:", ":execution:") + f":{switch_id}"
