"""What the scripts of `delivery/` ask of the AWS CLI, for machines without it; it asks AWS as the real one does."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Callable, Mapping, Sequence

import boto3
from botocore.exceptions import ClientError
from version_guard.ports.images import MANIFEST_TYPES

LOOK = re.compile(
    r"ecr batch-get-image --repository-name (\S+) --image-ids imageTag=(\S+)"
    rf" --accepted-media-types {re.escape(' '.join(MANIFEST_TYPES))}"
    r" --query failures\[0\]\.failureCode \|\| images\[0\]\.imageId\.imageDigest --output text"
)
REFUSED = 254
"""What the AWS CLI ends with when AWS answers with an error (its user guide, "Command line return codes")."""


def password() -> str:
    """The password of the registry."""
    (found,) = boto3.client("ecr").get_authorization_token()["authorizationData"]
    return base64.b64decode(found["authorizationToken"]).decode().partition(":")[2]


def account() -> str:
    """Whose credentials these are."""
    return str(boto3.client("sts").get_caller_identity()["Account"])


def named_by(repository: str, tag: str) -> str:
    """The digest of what a tag names, or the code of ECR's failure: `delivery/registry.sh` asks for one of the two."""
    found = boto3.client("ecr").batch_get_image(
        repositoryName=repository, imageIds=[{"imageTag": tag}], acceptedMediaTypes=list(MANIFEST_TYPES)
    )
    if found["failures"]:
        return str(found["failures"][0]["failureCode"])
    return str(found["images"][0]["imageId"]["imageDigest"])


KNOWN: Mapping[str, Callable[[], str]] = {
    "ecr get-login-password": password,
    "sts get-caller-identity --query Account --output text": account,
}


def answer(asked: str) -> str:
    """What AWS says. Exits when nobody plays what is asked."""
    if look := LOOK.fullmatch(asked):
        return named_by(*look.groups())
    if asked not in KNOWN:
        known = " and ".join(f"`aws {each}`" for each in (*KNOWN, "ecr batch-get-image"))
        sys.exit(f"aws: a rehearsed build has {known} (asked for: aws {asked})")
    return KNOWN[asked]()


def main(arguments: Sequence[str]) -> None:
    """Print what was asked for, say that nothing else is played, or end as the AWS CLI does where AWS refuses."""
    try:
        print(answer(" ".join(arguments)))
    except ClientError as error:
        print(error, file=sys.stderr)
        sys.exit(REFUSED)


if __name__ == "__main__":
    main(sys.argv[1:])
