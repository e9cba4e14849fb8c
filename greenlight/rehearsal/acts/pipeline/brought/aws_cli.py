"""`aws ecr get-login-password`, for machines without the AWS CLI; it asks ECR as the real one does."""

from __future__ import annotations

import base64
import sys
from collections.abc import Sequence

import boto3

KNOWN = ("ecr", "get-login-password")


def main(arguments: Sequence[str]) -> None:
    """Print the password, or say that nothing else is played."""
    if tuple(arguments) != KNOWN:
        sys.exit(f"aws: a rehearsed build has `aws {' '.join(KNOWN)}` alone (asked for: aws {' '.join(arguments)})")
    (found,) = boto3.client("ecr").get_authorization_token()["authorizationData"]
    print(base64.b64decode(found["authorizationToken"]).decode().partition(":")[2])


if __name__ == "__main__":
    main(sys.argv[1:])
