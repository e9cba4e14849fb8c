"""Services whose state is somebody else's, or hardly any: Step Functions, CloudFormation, Secrets Manager."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.errors import AwsError

if TYPE_CHECKING:
    from tests.simulation.cloud import Cloud

NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
"""Names of executions (API reference, StartExecution)."""


class StateMachine(Protocol):
    """What runs executions. Each method takes effect at one instant and raises AwsError to refuse."""

    def start(self, name: str, text: str) -> None:
        """Start an execution with an input (JSON text). The same name and input again, while it runs, is a success."""

    def stop(self, name: str, error: str, cause: str) -> None:
        """End an execution."""

    def describe(self, name: str) -> dict[str, Any]:
        """`status`, `input`, `startDate` and so on; times in virtual seconds."""


class Stacks(Protocol):
    """What runs stacks."""

    def describe(self, name: str) -> dict[str, Any]:
        """One stack by name or ARN: `StackId`, `StackName`, `StackStatus`, `CreationTime` in virtual seconds."""


class StepFunctions:
    """The client's side of `cloud.states`."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def start_execution(self, request: dict[str, Any]) -> dict[str, Any]:
        self._require(request["stateMachineArn"])
        name, text = request.get("name") or self._cloud.unique("execution"), request.get("input", "{}")
        if not NAME.fullmatch(name):
            raise AwsError("InvalidName", f"Invalid Name: '{name}'")
        if not _is_json(text):
            raise AwsError("InvalidExecutionInput", "Invalid State Machine Execution Input")
        self._cloud.need_states().start(name, text)
        return {"executionArn": self._arn(name), "startDate": moment(self._cloud.kernel.time)}

    def stop_execution(self, request: dict[str, Any]) -> dict[str, Any]:
        name = self._name(request["executionArn"])
        self._cloud.need_states().stop(name, request.get("error", ""), request.get("cause", ""))
        return {"stopDate": moment(self._cloud.kernel.time)}

    def describe_execution(self, request: dict[str, Any]) -> dict[str, Any]:
        name = self._name(request["executionArn"])
        found = dict(self._cloud.need_states().describe(name))
        for key in ("startDate", "stopDate"):
            if key in found:
                found[key] = moment(found[key])
        ours = {"executionArn": self._arn(name), "stateMachineArn": self._cloud.state_machine_arn, "name": name}
        return {**found, **ours}

    def _require(self, arn: str) -> None:
        if arn != self._cloud.state_machine_arn:
            raise AwsError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")

    def _name(self, arn: str) -> str:
        machine, _, name = arn.rpartition(":")
        if f"{machine}:{name}" != self._arn(name):
            raise AwsError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return name

    def _arn(self, name: str) -> str:
        return f"{self._cloud.state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"


class CloudFormation:
    """The client's side of `cloud.stacks`."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def describe_stacks(self, request: dict[str, Any]) -> dict[str, Any]:
        found = dict(self._cloud.need_stacks().describe(request["StackName"]))
        for key in ("CreationTime", "LastUpdatedTime"):
            if key in found:
                found[key] = moment(found[key])
        return {"Stacks": [found]}


class Secrets:
    """Secrets by name or ARN."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get_secret_value(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["SecretId"]
        if name not in self.values:
            raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return {"Name": name, "SecretString": self.values[name]}


def moment(seconds: float) -> datetime:
    """A virtual time as boto3 gives times."""
    return datetime.fromtimestamp(EPOCH + seconds, UTC)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
