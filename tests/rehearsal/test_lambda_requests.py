"""Requests that Lambda refuses: payloads that are too large or no JSON, and types of invocation."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from greenlight.rehearsal.cloud.lambda_functions.requests import LARGEST, refusal
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

SYNC, EVENT = LARGEST["RequestResponse"], LARGEST["Event"]


def text(size: int) -> bytes:
    """JSON of this many bytes."""
    return b'"' + b"x" * (size - 2) + b'"'


@pytest.mark.parametrize(
    ("kind", "payload"),
    [("RequestResponse", b""), ("RequestResponse", text(SYNC)), ("Event", text(EVENT)), ("DryRun", b"{}")],
    ids=["empty", "largest", "largest-event", "dry-run"],
)
def test_what_lambda_takes(kind: str, payload: bytes) -> None:
    assert refusal(kind, payload) is None


@pytest.mark.parametrize(
    ("kind", "payload", "status", "code", "said"),
    [
        (
            "RequestResponse",
            text(SYNC + 1),
            413,
            "RequestEntityTooLargeException",
            "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
        ),
        (
            "Event",
            text(EVENT + 1),
            413,
            "RequestEntityTooLargeException",
            "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
        ),
        ("RequestResponse", b"not json", 400, "InvalidRequestContentException", "Could not parse request body into"),
        ("RequestResponse", b"\x99\xeb", 400, "InvalidRequestContentException", "Could not parse payload into json"),
        ("Later", b"{}", 400, "ValidationException", "enum value set: [Event, RequestResponse, DryRun]"),
    ],
    ids=["large", "large-event", "text", "bytes", "kind"],
)
def test_what_lambda_refuses(kind: str, payload: bytes, status: int, code: str, said: str) -> None:
    refused = refusal(kind, payload)

    assert refused is not None
    assert refused[:2] == (status, code)
    assert said in refused[2]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions") as cloud:
        role = cloud.role("shop", "lambda.amazonaws.com")
        cloud.function("shop", "def handle(event, context):\n    return event\n", role)
        yield cloud


def test_over_the_wire(cloud: LocalCloud) -> None:
    shop = cloud.client("lambda")

    for payload, status in ((text(SYNC + 1), 413), (b"not json", 400)):
        with pytest.raises(ClientError) as caught:
            shop.invoke(FunctionName="shop", Payload=payload)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    taken = shop.invoke(FunctionName="shop", InvocationType="Event", Payload=b"{}")
    assert (taken["StatusCode"], "ExecutedVersion" in taken) == (202, False)


def test_a_function_that_is_full_says_why(cloud: LocalCloud) -> None:
    shop = cloud.client("lambda")
    shop.put_function_concurrency(FunctionName="shop", ReservedConcurrentExecutions=0)

    with pytest.raises(shop.exceptions.TooManyRequestsException) as caught:
        shop.invoke(FunctionName="shop", Payload=b"{}")

    shop.delete_function_concurrency(FunctionName="shop")
    assert caught.value.response["Error"]["Message"] == "Rate Exceeded."
    assert caught.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == http.client.TOO_MANY_REQUESTS
