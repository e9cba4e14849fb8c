"""What must outlive every color."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack
from constructs import Construct
from greenlight_cdk.tables import RetainedTable
from traffic_switch.contract import JOURNAL_EXPIRY, JOURNAL_KEY

from stacks.settings import Settings

CART_KEY = "cart_id"
CART_EXPIRY = "expires_at"


class DataStack(Stack):
    """The journal of switches, the requests that they answer, and the carts that users keep when their color changes.

    The requests have a table of their own, since their addresses are secrets that nobody needs who looks at switches.
    All may be protected from their creation on: CloudFormation deletes none, so that a first deploy that fails
    leaves them behind, empty, and ends in ROLLBACK_COMPLETE.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id, description="Greenlight: journal and shared application data")
        protected = settings.deletion_protection
        self.journal = RetainedTable(
            self, "Journal", key=JOURNAL_KEY, expiry=JOURNAL_EXPIRY, deletion_protection=protected
        )
        self.requests = RetainedTable(
            self, "Requests", key=JOURNAL_KEY, expiry=JOURNAL_EXPIRY, deletion_protection=protected
        )
        self.carts = RetainedTable(self, "Carts", key=CART_KEY, expiry=CART_EXPIRY, deletion_protection=protected)
        CfnOutput(self, "JournalTableName", value=self.journal.table_name)
        CfnOutput(self, "CartTableName", value=self.carts.table_name)
