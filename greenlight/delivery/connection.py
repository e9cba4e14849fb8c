"""The connection to the repository: where it stands, and what somebody has to do about that.

Developer Tools console guide, "Workflow to create or update connections": a connection is Pending, Available or Error,
and a person confirms it once, in the console.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from greenlight import denial
from greenlight.delivery.run import Run
from greenlight.wording import sentence

AVAILABLE, MISSING = "AVAILABLE", "ResourceNotFoundException"
SOURCE, ARN = "Source", "ConnectionArn"
REPAIRS = {
    "PENDING": "somebody who may install apps for the repository has to confirm it in the console (Developer Tools,"
    " Settings, Connections, Update pending connection); then retry the run",
    "ERROR": "AWS tries again by itself; if it stays so, look at the app's installation where the repository is",
}
ELSE = "make one, set pipeline_connection_arn, and deploy the stack of the pipeline again (docs/pipeline.md)"

Clients = Callable[[str], Any]
"""Makes a client of a service."""


def connection_status(clients: Clients, arn: str) -> str | None:
    """PENDING, AVAILABLE or ERROR; None for a connection that is not there.

    The service was renamed: a connection is asked for under the name that its ARN has (the same guide, "Connections
    rename").
    """
    try:
        found = clients(arn.split(":")[2]).get_connection(ConnectionArn=arn)
    except ClientError as error:
        if error.response["Error"].get("Code") != MISSING:
            raise
        return None
    return str(found["Connection"]["ConnectionStatus"])


def trouble(arn: str, status: str | None) -> str:
    """What is wrong with a connection; empty when it can be used."""
    if status == AVAILABLE:
        return ""
    standing = "does not exist" if status is None else f"is {status}, not {AVAILABLE}"
    return f"the connection {arn} {standing}: every run of the pipeline fails in {SOURCE}"


def repair(status: str | None) -> str:
    """What helps."""
    return REPAIRS.get(status or "", ELSE)


def connection_of(structure: Mapping[str, Any]) -> str:
    """The ARN of the connection that a pipeline's source is behind; empty without one."""
    actions = (action for stage in structure["stages"] for action in stage["actions"])
    return next((str(each["configuration"][ARN]) for each in actions if ARN in each.get("configuration", {})), "")


def why_not_begun(run: Run | None, arn: str, clients: Clients) -> str:
    """What somebody has to do about the connection; empty while it is in the way of no run."""
    stopped = run is None or any(each.stage == SOURCE and each.status == "Failed" for each in run.actions)
    if not (arn and stopped):
        return ""
    try:
        status = connection_status(clients, arn)
    except (ClientError, BotoCoreError) as error:
        why = f"AWS denied {denial.action(error)}" if denial.is_denial(error) else sentence(error)
        return f"where the connection {arn} stands was not found out: {why}"
    said = trouble(arn, status)
    return f"{said}; {repair(status)}" if said else ""
