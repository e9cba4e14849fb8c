"""A project as it is when a build begins, with what that one call says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OVERRIDES = frozenset(
    {
        "projectName",
        "idempotencyToken",
        "sourceVersion",
        "environmentVariablesOverride",
        "buildspecOverride",
        "timeoutInMinutesOverride",
    }
)
"""What of StartBuild is played."""


@dataclass(frozen=True)
class Variable:
    """One environment variable, and how its value is meant: PLAINTEXT, PARAMETER_STORE or SECRETS_MANAGER."""

    name: str
    value: str
    kind: str = "PLAINTEXT"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Variable:
        """Read one of the API's."""
        return cls(given["name"], str(given["value"]), given.get("type", "PLAINTEXT"))


@dataclass(frozen=True)
class Project:
    """What a build needs to know of its project. Later variables win."""

    name: str
    arn: str
    role_arn: str
    buildspec: str
    timeout_minutes: float
    variables: tuple[Variable, ...]
    image: str
    log_group: str
    log_stream_prefix: str
    writes_log: bool

    @classmethod
    def of(cls, record: Mapping[str, Any], request: Mapping[str, Any]) -> Project:
        """Read ministack's record of a project, and a StartBuild request."""
        environment = record.get("environment") or {}
        logs = (record.get("logsConfig") or {}).get("cloudWatchLogs") or {}
        declared = (*environment.get("environmentVariables", ()), *request.get("environmentVariablesOverride", ()))
        return cls(
            name=record["name"],
            arn=record["arn"],
            role_arn=record["serviceRole"],
            buildspec=request.get("buildspecOverride") or record["source"].get("buildspec") or "",
            timeout_minutes=float(request.get("timeoutInMinutesOverride") or record["timeoutInMinutes"]),
            variables=tuple(Variable.of(each) for each in declared),
            image=environment.get("image", ""),
            log_group=logs.get("groupName") or f"/aws/codebuild/{record['name']}",
            log_stream_prefix=logs.get("streamName") or "",
            writes_log=logs.get("status", "ENABLED") == "ENABLED",
        )
