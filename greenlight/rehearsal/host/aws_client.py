"""`aws` on a rehearsed host: `aws ssm get-parameter`, signed with the instance role's credentials, and nothing else.

The call goes to the local cloud as every other one does, so a permission that the role lacks fails here too.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection

from greenlight.rehearsal.host.signature import Credentials, signed_headers
from greenlight.rehearsal.host.surroundings import Surroundings

USAGE = "aws ssm get-parameter --name NAME --query Parameter.Value --output text --region REGION"
USAGE_ERROR = 252
SERVICE_ERROR = 254
"""The AWS CLI's own exit codes for a command that is wrong, and for one that the service refused."""

_FIXED = {"--query": "Parameter.Value", "--output": "text"}
_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What the service said."""

    ok: bool
    content: dict[str, object]


def main(arguments: Sequence[str]) -> int:
    """Run one command; print the value alone, as `--output text` does."""
    try:
        name, region = _parse(arguments)
    except ValueError as error:
        print(f"aws: [ERROR]: {error}; the rehearsal answers only: {USAGE}", file=sys.stderr)
        return USAGE_ERROR
    answer = _ask("AmazonSSM.GetParameter", {"Name": name}, region)
    if not answer.ok:
        print(f"\nAn error occurred {_refusal(answer.content)}", file=sys.stderr)
        return SERVICE_ERROR
    parameter = answer.content["Parameter"]
    assert isinstance(parameter, dict)
    print(parameter["Value"])
    return 0


def _parse(arguments: Sequence[str]) -> tuple[str, str]:
    if list(arguments[:2]) != ["ssm", "get-parameter"]:
        raise ValueError(f"aws {' '.join(arguments[:2])} is not rehearsed")
    options = dict(zip(arguments[2::2], arguments[3::2], strict=True))
    for option, value in _FIXED.items():
        if options.pop(option, value) != value:
            raise ValueError(f"{option} must be {value}")
    name, region = options.pop("--name", ""), options.pop("--region", os.environ.get("AWS_REGION", ""))
    if options or not name or not region:
        raise ValueError(f"unknown or missing options: {' '.join(arguments[2:])}")
    return name, region


def _ask(target: str, request: dict[str, str], region: str) -> Answer:
    here = Surroundings.read()
    body = json.dumps(request).encode()
    headers = signed_headers(
        Credentials.from_environment(os.environ),
        service="ssm",
        region=region,
        host=f"{here.address}:{here.port}",
        target=target,
        body=body,
        now=datetime.now(UTC),
    )
    connection = HTTPConnection(here.address, here.port, timeout=_SECONDS)
    connection.request("POST", "/", body, headers)
    answer = connection.getresponse()
    return Answer(answer.status == 200, json.loads(answer.read() or b"{}"))


def _refusal(content: dict[str, object]) -> str:
    """Word a service's error as the AWS CLI does."""
    code = str(content.get("__type") or content.get("code", "")).rpartition("#")[2]
    message = content.get("message") or content.get("Message", "")
    return f"({code}) when calling the GetParameter operation: {message}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
