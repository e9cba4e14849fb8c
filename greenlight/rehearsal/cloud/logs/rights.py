"""Whether what runs under a role can write its log: the group is there, and the role may create streams and write.

CloudWatch Logs guide, "Overview of managing access permissions". ministack lets everything write, and makes the groups
that are missing.
"""

from __future__ import annotations

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch_logs

from greenlight.rehearsal.cloud.iam.permission import denial
from greenlight.rehearsal.cloud.requirement import require

GROUP, STREAM, EVENTS = "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"
_NO_GROUP = "ResourceNotFoundException: The specified log group does not exist."


def check_requirements() -> None:
    """Fail at start when the library has changed what this module relies on."""
    require(cloudwatch_logs, "_log_groups", "_create_log_stream")


def opening_refusal(role_arn: str, group: str, stream: str, *, creates_group: bool) -> str:
    """Say in AWS's words why a role cannot open a stream in a group, or return an empty string."""
    if not app.AUTH:
        return ""
    if group not in cloudwatch_logs._log_groups:
        refused = _denied(role_arn, GROUP, group, "") if creates_group else _NO_GROUP
        if refused:
            return f"failed to create Cloudwatch log group: {refused}" if creates_group else _stream(refused)
    return _stream(_denied(role_arn, STREAM, group, stream))


def open_stream(group: str, stream: str) -> None:
    """Make a stream. One that is there stays, with the time of its creation: what comes later is written into it."""
    if group in cloudwatch_logs._log_groups:
        cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})


def writing_refusal(role_arn: str, group: str, stream: str) -> str:
    """Say why a role cannot write into a stream that is there, or return an empty string."""
    return _denied(role_arn, EVENTS, group, stream) if app.AUTH else ""


def _stream(refused: str) -> str:
    return f"failed to create Cloudwatch log stream: {refused}" if refused else ""


def _denied(role_arn: str, action: str, group: str, stream: str) -> str:
    arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:log-stream:{stream}"
    problem = denial(role_arn, action, arn)
    return f"AccessDeniedException: {problem}" if problem else ""
