"""The connections of an account and region, and where each stands.

docs.aws.amazon.com/dtconsole/latest/userguide/welcome-connections-workflow.html: one that an API call has made is
PENDING until a person has confirmed it in the console, and cannot be used before.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

AVAILABLE, PENDING, ERROR = "AVAILABLE", "PENDING", "ERROR"
STATUSES = (AVAILABLE, PENDING, ERROR)
UNNAMED = "rehearsed"
"""What a connection is called that nobody has made here."""


@dataclass(frozen=True)
class Connection:
    """A connection as GetConnection tells of it."""

    arn: str
    name: str = UNNAMED
    provider: str = "GitHub"
    status: str = AVAILABLE

    def shown(self) -> dict[str, str]:
        """The members of the API reference's Connection."""
        return {
            "ConnectionArn": self.arn,
            "ConnectionName": self.name,
            "ConnectionStatus": self.status,
            "OwnerAccountId": get_account_id(),
            "ProviderType": self.provider,
        }


_made: Any = AccountRegionScopedDict()


def connection(arn: str) -> Connection:
    """The connection of an ARN. One that nobody has made here is there all the same, and confirmed."""
    found: Connection = _made.get(arn) or Connection(arn)
    return found


def put(found: Connection) -> None:
    """Keep a connection as it is from now on."""
    _made[found.arn] = found


def create(service: str, name: str, provider: str) -> Connection:
    """Make a connection, which waits for its handshake."""
    arn = f"arn:aws:{service}:{get_region()}:{get_account_id()}:connection/{uuid.uuid4()}"
    made = Connection(arn, name, provider, PENDING)
    put(made)
    return made
