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
    """Secrets by name or ARN: the versions of each, and which version has a staging label."""

    def __init__(self) -> None:
        self._versions: dict[str, list[str]] = {}
        self._labels: dict[str, dict[str, int]] = {}

    def add(self, name: str, value: str, label: str = "AWSCURRENT") -> None:
        """Put a secret there, or another version of it."""
        versions, labels = self._versions.setdefault(name, []), self._labels.setdefault(name, {})
        versions.append(value)
        labels[label] = len(versions) - 1

    def get_secret_value(self, request: dict[str, Any]) -> dict[str, Any]:
        name, label = request["SecretId"], request.get("VersionStage", "AWSCURRENT")
        number = self._labels_of(name).get(label)
        if number is None:
            raise AwsError(
                "ResourceNotFoundException",
                f"Secrets Manager can't find the specified secret value for staging label: {label}",
            )
        return {"Name": name, "VersionId": _version(number), "SecretString": self._versions[name][number]}

    def put_secret_value(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["SecretId"]
        labels = self._labels_of(name)
        self._versions[name].append(request["SecretString"])
        number = len(self._versions[name]) - 1
        labels.update(dict.fromkeys(request["VersionStages"], number))
        return {"Name": name, "VersionId": _version(number), "VersionStages": request["VersionStages"]}

    def update_secret_version_stage(self, request: dict[str, Any]) -> dict[str, Any]:
        """API reference, UpdateSecretVersionStage: a label moves from the version that is named as having it."""
        labels, label = self._labels_of(request["SecretId"]), request["VersionStage"]
        target, expected = request["MoveToVersionId"], request.get("RemoveFromVersionId", "")
        attached = _version(labels[label]) if label in labels else ""
        if attached != expected:
            raise AwsError(
                "InvalidParameterException",
                f"The staging label {label} is currently attached to version {attached}, so you must explicitly"
                " reference that version in RemoveFromVersionId.",
            )
        labels[label] = int(target.rpartition("-")[2])
        return {"Name": request["SecretId"]}

    def _labels_of(self, name: str) -> dict[str, int]:
        if name not in self._labels:
            raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return self._labels[name]


def _version(number: int) -> str:
    """An id as long as one of AWS's has to be."""
    return f"0a1b2c3d-0000-4000-8000-{number:012d}"


def moment(seconds: float) -> datetime:
    """A virtual time as boto3 gives times."""
    return datetime.fromtimestamp(EPOCH + seconds, UTC)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
