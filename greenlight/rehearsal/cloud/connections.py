"""CodeConnections: local bare repositories stand for those behind a connection, and IAM says who may use one.

The prefix of the action must be the one of the connection's ARN
(docs.aws.amazon.com/dtconsole/latest/userguide/rename.html), and policies can ask for what it is used (service
authorization reference, AWS CodeConnections).
"""

from __future__ import annotations

import re

from ministack import app

_ARN = re.compile(r"arn:[\w-]+:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection/[\w-]+")


class ConnectionUseError(Exception):
    """A role may not use a connection, or the connection has no such ARN."""


def check_use(role_arn: str, connection: str, purpose: str, branch: str) -> None:
    """Raise ConnectionUseError in AWS's words when a role may not use a connection."""
    from greenlight.rehearsal.cloud.iam.permission import denial

    found = _ARN.fullmatch(connection)
    if not found:
        raise ConnectionUseError(f"{connection} is not the ARN of a connection")
    service = found[1]
    keys = {f"{service}:provideraction": purpose, f"{service}:branchname": branch}
    refused = denial(role_arn, f"{service}:UseConnection", connection, keys) if app.AUTH else None
    if refused:
        raise ConnectionUseError(f"Unable to use Connection: {connection}. {refused}")
