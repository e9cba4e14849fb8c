"""The use of a connection: who may, for what, and whether somebody has confirmed it.

The prefix of the action must be the one of the connection's ARN
(docs.aws.amazon.com/dtconsole/latest/userguide/rename.html), and policies can ask for what it is used
(docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html, "Using a connection": the condition keys).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ministack import app

from greenlight.rehearsal.cloud.codeconnections.connections import AVAILABLE, connection

PULL, PUSH = "GitPull", "GitPush"
_ARN = re.compile(r"arn:[\w-]+:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection/[\w-]+")


class ConnectionUseError(Exception):
    """A role may not use a connection, or nobody can use it as it is."""


@dataclass(frozen=True)
class Use:
    """A connection that is used on a repository, `owner/name`, and its branch; `purpose` is a ProviderAction."""

    connection: str
    repository: str
    branch: str
    purpose: str

    def keys(self, service: str) -> dict[str, str]:
        """The values of the condition keys, by their names in lower case."""
        owner, _, name = self.repository.rpartition("/")
        values = {
            "branchname": self.branch,
            "fullrepositoryid": self.repository,
            "ownerid": owner,
            "provideraction": self.purpose,
            "providerpermissionsrequired": "read_write" if self.purpose == PUSH else "read_only",
            "repositoryname": name,
        }
        return {f"{service}:{key}": value for key, value in values.items()}


def check_use(role_arn: str, use: Use) -> None:
    """Raise ConnectionUseError when a role may not use a connection, or the connection is not confirmed.

    What AWS says of one that is not confirmed is documented nowhere: the second sentence is the rehearsal's own.
    """
    from greenlight.rehearsal.cloud.iam.permission import denial

    found = _ARN.fullmatch(use.connection)
    if not found:
        raise ConnectionUseError(f"{use.connection} is not the ARN of a connection")
    service = found[1]
    refused = denial(role_arn, f"{service}:UseConnection", use.connection, use.keys(service)) if app.AUTH else None
    if refused:
        raise ConnectionUseError(f"Unable to use Connection: {use.connection}. {refused}")
    status = connection(use.connection).status
    if status != AVAILABLE:
        raise ConnectionUseError(f"Unable to use Connection: {use.connection}. Its status is {status}, not {AVAILABLE}")
