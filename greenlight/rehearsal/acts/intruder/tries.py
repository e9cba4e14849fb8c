"""What an attacker tries, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from greenlight.rehearsal.account import REGION

SECONDS = 5.0
_REFUSED_STATUS = (401, 403, 421)


@dataclass(frozen=True)
class Prey:
    """What an attacker knows of a running rehearsal, as if it had looked everything up before.

    Attributes:
        port: of the local cloud.
        rule_arn: the production rule, and `actions` what it would be with all traffic on the idle color.
        state_machine, table, functions, topic: of the switch, by their AWS names; `document` is what the host runs.
        containers: the processes that serve the colors.
    """

    port: int
    rule_arn: str
    actions: list[dict[str, Any]]
    state_machine: str
    table: str
    topic: str
    document: str
    functions: tuple[str, ...]
    containers: tuple[int, ...]
    release_stack: str = ""

    @property
    def endpoint(self) -> str:
        """The local AWS API."""
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Try:
    """One try, and what the attacker got by it: nothing when it was refused."""

    what: str
    got: str = ""


def asked(what: str, prey: Prey, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Try:
    """Send a request as it is. Only an answer that says no, or none at all, is a refusal."""
    connection = HTTPConnection("127.0.0.1", prey.port, timeout=SECONDS)
    try:
        connection.request(method, path, body, dict(headers))
        status = connection.getresponse().status
    except (OSError, HTTPException):
        return Try(what)
    finally:
        connection.close()
    return Try(what) if status in _REFUSED_STATUS else Try(what, f"status {status}")


def called(what: str, call: Callable[[], Any]) -> Try:
    """Call AWS. Only a denial is a refusal: an error about the request itself means that the caller was let in."""
    try:
        call()
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        code = error.response["Error"]["Code"]
        denied = status in _REFUSED_STATUS or code.startswith(("AccessDenied", "Unauthorized", "AuthorizationError"))
        return Try(what) if denied else Try(what, code)
    except (BotoCoreError, ResponseParserError) as error:
        return Try(what, str(error))
    return Try(what, "an answer")


def client(service: str, prey: Prey, access_key: str, secret: str, token: str | None = None) -> Any:
    """A client that tries once."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=prey.endpoint,
        region_name=REGION,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"max_attempts": 0}, read_timeout=SECONDS),
    )
