"""A backup of tables each night, kept for a number of days, out of the tables' own reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from aws_cdk import CfnElement, Duration, RemovalPolicy, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from greenlight_cdk.acknowledge import acknowledge

SERVICE = "backup.amazonaws.com"
NIGHT = events.Schedule.cron(hour="3", minute="17")
"""In UTC, and off the full hour, when everybody's plans begin."""


class NightlyBackups(Construct):
    """A vault that stays when its stack goes, and a plan of AWS Backup that fills it.

    The role has what AWS's own policy AWSBackupServiceRolePolicyForBackup has for DynamoDB (AWS managed policy
    reference), for these tables and this vault alone. It cannot restore: who restores does it with rights of their own.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, tables: Sequence[dynamodb.ITable], kept_days: int
    ) -> None:
        super().__init__(scope, construct_id)
        self.vault = backup.BackupVault(self, "Vault", removal_policy=RemovalPolicy.RETAIN)
        plan = backup.BackupPlan(self, "Plan", backup_plan_name=Stack.of(self).stack_name, backup_vault=self.vault)
        plan.add_rule(
            backup.BackupPlanRule(rule_name="nightly", schedule_expression=NIGHT, delete_after=Duration.days(kept_days))
        )
        self._select(plan, self._role(tables), [table.table_arn for table in tables])

    def _select(self, plan: backup.BackupPlan, role: iam.Role, arns: list[str]) -> None:
        """The construct of the CDK for it would give the role AWS's policy, which reaches whatever the account has."""
        selected = backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
            iam_role_arn=role.role_arn, selection_name="Tables", resources=arns
        )
        made = backup.CfnBackupSelection(self, "Tables", backup_plan_id=plan.backup_plan_id, backup_selection=selected)
        made.node.add_dependency(role)

    def _role(self, tables: Sequence[dynamodb.ITable]) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal(SERVICE))
        arns = [table.table_arn for table in tables]
        for actions, resources in (
            (("DescribeTable", "CreateBackup", "StartAwsBackupJob", "ListTagsOfResource"), arns),
            (("DescribeBackup", "DeleteBackup"), [f"{arn}/backup/*" for arn in arns]),
        ):
            named = [f"dynamodb:{action}" for action in actions]
            role.add_to_policy(iam.PolicyStatement(actions=named, resources=resources))
        to_vault = ["backup:DescribeBackupVault", "backup:CopyIntoBackupVault"]
        role.add_to_policy(iam.PolicyStatement(actions=to_vault, resources=[self.vault.backup_vault_arn]))
        for table in tables:
            backups = f"AwsSolutions-IAM5[Resource::<{_resolved_id(table)}.Arn>/backup/*]"
            acknowledge(role, backups, "DynamoDB chooses the names of backups, below the ARN of their own table.")
        return role


def _resolved_id(table: dynamodb.ITable) -> str:
    """The table's logical id, by which findings name it."""
    return Stack.of(table).get_logical_id(cast("CfnElement", table.node.default_child))
