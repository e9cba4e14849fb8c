"""Whether what runs under a role can write its log: the group is there, and the role may create streams and write.

CloudWatch Logs guide, "Overview of managing access permissions". ministack lets everything write, and makes the groups
that are missing.
"""

from __future__ import annotations

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch_logs

from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.stepfunctions.permission import denial

WRITING = ("logs:CreateLogStream", "logs:PutLogEvents")
CREATING = "logs:CreateLogGroup"


def check_requirements() -> None:
    """Fail at start when the library has changed what this module relies on."""
    require(cloudwatch_logs, "_log_groups")


def refusal(role_arn: str, group: str, stream: str, *, may_create_group: bool) -> str:
    """Say in AWS's words why a role cannot write into a stream of a group, or return an empty string."""
    if not app.AUTH:
        return ""
    arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}"
    if group not in cloudwatch_logs._log_groups:
        if not may_create_group:
            return "ResourceNotFoundException: The specified log group does not exist."
        problem = denial(role_arn, CREATING, f"{arn}:log-stream:")
        if problem:
            return f"AccessDeniedException: {problem}"
    for action in WRITING:
        problem = denial(role_arn, action, f"{arn}:log-stream:{stream}")
        if problem:
            return f"AccessDeniedException: {problem}"
    return ""
