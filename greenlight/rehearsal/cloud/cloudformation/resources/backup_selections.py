"""AWS::Backup::BackupSelection: which resources a plan backs up, and as whom. No backup is ever made here.

Vaults and plans are ministack's. What a selection could not do on AWS is refused: its role must let AWS Backup take it,
or no job would ever start (Backup developer guide, "IAM service roles").
"""

from __future__ import annotations

from ministack.services import backup

from greenlight.rehearsal.cloud.cloudformation.resources.answers import ActionError, json_call
from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import (
    Created,
    Properties,
    ResourceType,
    register,
)
from greenlight.rehearsal.cloud.iam.principals import may_assume
from greenlight.rehearsal.cloud.requirement import require

PRINCIPAL = "backup.amazonaws.com"
_REPLACING = ("BackupPlanId", "BackupSelection")
"""Every change makes a new selection (resource type reference)."""


def install() -> None:
    """Add the type."""
    require(backup, "_create_selection", "_delete_selection", "_selections")
    register(ResourceType("AWS::Backup::BackupSelection", _create, _delete, replacing=_REPLACING))


def _create(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    selection, plan = properties["BackupSelection"], str(properties["BackupPlanId"])
    role = str(selection["IamRoleArn"])
    if not may_assume(role, PRINCIPAL, ""):
        raise ActionError(f"The role {role} cannot be assumed by AWS Backup: look at its trust policy")
    made = json_call(lambda body: backup._create_selection(plan, body), {"BackupSelection": selection})
    identity = str(made["SelectionId"])
    return f"{identity}_{plan}", {"Id": f"{identity}_{plan}", "SelectionId": identity, "BackupPlanId": plan}


def _delete(physical_id: str, _properties: Properties) -> None:
    backup._selections.pop(physical_id.partition("_")[0], None)
