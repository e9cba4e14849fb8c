"""Backups by AWS Backup as far as the local cloud has them: a plan, its vault, and what is selected as whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.compute_cloud import ComputeCloud, compute_cloud
from tests.rehearsal.template_pieces import resource

pytestmark = pytest.mark.rehearsal
TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/orders"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComputeCloud]:
    with compute_cloud(tmp_path_factory.mktemp("cloud"), auth=True) as cloud:
        yield cloud


def backups(trusted: str) -> dict[str, Any]:
    """A plan that backs a table up each night, as a role that somebody may take."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole"}]}
    rule = {"RuleName": "nightly", "TargetBackupVault": {"Ref": "Vault"}}
    selection = {"SelectionName": "Tables", "IamRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "Resources": [TABLE]}
    return {
        "Role": resource("AWS::IAM::Role", AssumeRolePolicyDocument=trust),
        "Vault": resource("AWS::Backup::BackupVault", BackupVaultName=f"vault-{len(trusted)}"),
        "Plan": resource("AWS::Backup::BackupPlan", BackupPlan={"BackupPlanName": "data", "BackupPlanRule": [rule]}),
        "Tables": resource("AWS::Backup::BackupSelection", BackupPlanId={"Ref": "Plan"}, BackupSelection=selection),
    }


def test_a_selection_names_its_tables_and_its_role_and_goes_with_its_stack(cloud: ComputeCloud) -> None:
    cloud.deploy("Backups", backups("backup.amazonaws.com"))
    client = cloud.client("backup")
    (plan,) = client.list_backup_plans()["BackupPlansList"]
    (listed,) = client.list_backup_selections(BackupPlanId=plan["BackupPlanId"])["BackupSelectionsList"]
    found = client.get_backup_selection(BackupPlanId=plan["BackupPlanId"], SelectionId=listed["SelectionId"])

    assert found["BackupSelection"]["Resources"] == [TABLE]
    cloud.delete("Backups")
    assert client.list_backup_plans()["BackupPlansList"] == []


def test_a_role_that_aws_backup_cannot_take_is_refused(cloud: ComputeCloud) -> None:
    with pytest.raises(AssertionError, match="cannot be assumed by AWS Backup"):
        cloud.deploy("Untrusting", backups("ec2.amazonaws.com"))
