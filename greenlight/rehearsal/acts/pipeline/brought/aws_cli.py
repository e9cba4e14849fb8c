"""What the scripts of `delivery/` ask of the AWS CLI, for machines without it; it asks AWS as the real one does."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Mapping, Sequence

import boto3


def password() -> str:
    """The password of the registry."""
    (found,) = boto3.client("ecr").get_authorization_token()["authorizationData"]
    return base64.b64decode(found["authorizationToken"]).decode().partition(":")[2]


def account() -> str:
    """Whose credentials these are."""
    return str(boto3.client("sts").get_caller_identity()["Account"])


KNOWN: Mapping[str, Callable[[], str]] = {
    "ecr get-login-password": password,
    "sts get-caller-identity --query Account --output text": account,
}


def main(arguments: Sequence[str]) -> None:
    """Print what was asked for, or say that nothing else is played."""
    asked = " ".join(arguments)
    if asked not in KNOWN:
        sys.exit(
            f"aws: a rehearsed build has {' and '.join(f'`aws {each}`' for each in KNOWN)} (asked for: aws {asked})"
        )
    print(KNOWN[asked]())


if __name__ == "__main__":
    main(sys.argv[1:])
