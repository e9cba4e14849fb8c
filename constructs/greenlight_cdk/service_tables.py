"""The tables of a service as its colors see them: by which variable, and with which rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

ITEM_ACTIONS = tuple(f"dynamodb:{verb}Item" for verb in ("ConditionCheck", "Delete", "Get", "Put", "Update"))
"""What an application does with single items. A transaction takes the permissions of what is in it (DynamoDB guide,
"Using IAM with transactions"). It may neither list all items nor change the table."""
QUERY = "dynamodb:Query"
"""What it may besides, where several items have one partition key: read those of one."""


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """One table, and the variable that tells an application its name. `is_sorted`: it has a sort key."""

    variable: str
    table: dynamodb.ITable
    is_sorted: bool

    @property
    def actions(self) -> tuple[str, ...]:
        """What a color may do with the table."""
        return (*ITEM_ACTIONS, QUERY) if self.is_sorted else ITEM_ACTIONS


def grant_items(tables: Iterable[ServiceTable], role: iam.IGrantable) -> None:
    """Let a color work on the items of its service's tables."""
    for each in tables:
        each.table.grant(role, *each.actions)


def variables_of(tables: Iterable[ServiceTable]) -> dict[str, str]:
    """Return the names of the tables by their variables."""
    return {each.variable: each.table.table_name for each in tables}
