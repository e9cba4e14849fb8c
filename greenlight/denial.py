"""A permission that is missing, as AWS names it: what was denied, and to whom.

IAM's words are `User: ARN is not authorized to perform: ACTION on resource: ARN because ...` (IAM User Guide,
Troubleshoot access denied error messages); some services answer without them.
"""

from __future__ import annotations

import re
from typing import TypeGuard

from botocore.exceptions import ClientError

CODES = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403")
"""How the services that are asked name a missing permission."""
ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")
CALLER = re.compile(r"User: (\S+) is not authorized")


def is_denial(error: BaseException) -> TypeGuard[ClientError]:
    """Whether AWS says that the caller may not."""
    return isinstance(error, ClientError) and error.response["Error"].get("Code") in CODES


def action(error: ClientError) -> str:
    """What was denied; a bare 403 (such as S3's HeadBucket) names no action."""
    named = ACTION.search(str(error))
    return named[1] if named else f"what {error.operation_name} needs"


def caller(error: ClientError) -> str:
    """To whom it was denied; empty when AWS does not say."""
    named = CALLER.search(str(error))
    return named[1] if named else ""
