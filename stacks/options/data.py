"""Settings of what outlives every color."""

from __future__ import annotations

from pydantic import Field

from stacks.options.values import Integer, Options

RECOVERY_DAYS = 35
"""How far point-in-time recovery reaches back (DynamoDB guide, "Point-in-time backups")."""


class DataOptions(Options):
    """What is kept of the tables beside the tables."""

    backup_days: Integer = Field(
        default=0,
        ge=0,
        le=36500,
        description="Days that AWS Backup keeps a backup of the journal and of every table without `expiry`, made each"
        f" night; 0 makes none. Point-in-time recovery, which is always on, reaches {RECOVERY_DAYS} days back. Going"
        " back to 0 keeps the vault and what is in it; delete that vault before you turn it on again.",
    )
