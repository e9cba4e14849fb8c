"""Requests that Lambda refuses: payloads that are too large or no JSON, types of invocation, runtimes and handlers."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from greenlight.rehearsal.cloud.lambda_functions.requests import LARGEST, refusal
from greenlight.rehearsal.cloud.lambda_functions.runtimes import missing, problems
from tests.rehearsal.local_cloud import LocalCloud, started, zipped

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


@pytest.mark.parametrize(
    ("config", "code", "said"),
    [
        ({"Runtime": "python9.9"}, "InvalidParameterValueException", "Value python9.9 at 'runtime' failed to satisfy"),
        ({"Runtime": "python3.7"}, "InvalidParameterValueException", "The runtime parameter of python3.7 is no longer"),
        ({"Handler": "a b"}, "ValidationException", "regular expression pattern: [^\\s]+"),
        ({"Handler": "a" * 129}, "ValidationException", "length less than or equal to 128"),
    ],
)
def test_a_runtime_or_a_handler_that_there_is_not(config: dict[str, str], code: str, said: str) -> None:
    ((found, message),) = problems(config)

    assert (found, said in message) == (code, True)


def test_runtimes_that_there_are() -> None:
    assert not list(problems({"Runtime": "python3.14", "Handler": "index.handle"}))
    assert not list(problems({"Runtime": "nodejs22.x"}))
    assert not list(missing({"FunctionName": "shop", "Code": {"ImageUri": "there"}}))
    assert len(list(missing({"FunctionName": "shop", "Runtime": "python3.14"}))) == 1


@pytest.mark.parametrize(("name", "said"), [("a b", "([a-zA-Z0-9-_]+)(:("), ("a" * 65, "less than or equal to 64")])
def test_a_name_that_no_function_has(name: str, said: str) -> None:
    ((code, message),) = missing({"FunctionName": name, "Runtime": "python3.14", "Handler": "index.handle"})

    assert (code, said in message) == ("ValidationException", True)


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
    assert taken["Payload"].read() == b""
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


def test_a_function_with_an_unknown_runtime_or_none_is_not_created(cloud: LocalCloud) -> None:
    shop = cloud.client("lambda")
    wanted = {"Role": "arn:aws:iam::000000000000:role/shop", "Code": {"ZipFile": zipped({"index.py": ""})}}

    for settings, said in (
        ({"Runtime": "python9.9", "Handler": "index.handle"}, "Value python9.9 at 'runtime' failed"),
        ({"Runtime": "python3.14"}, "Runtime and Handler are mandatory parameters"),
    ):
        with pytest.raises(shop.exceptions.InvalidParameterValueException, match=said):
            shop.create_function(FunctionName="odd", **wanted, **settings)


def test_a_function_without_a_policy_or_settings_for_events_says_so(cloud: LocalCloud) -> None:
    """localstack's snapshots of test_lambda_api.py, TestLambdaPermissions and TestLambdaEventInvokeConfig."""
    shop = cloud.client("lambda")
    arn = "arn:aws:lambda:us-east-1:000000000000:function:shop:$LATEST"
    allow = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}

    assert refused(lambda: shop.get_policy(FunctionName="shop")) == "The resource you requested does not exist."
    shop.add_permission(FunctionName="shop", StatementId="events", **allow)
    assert refused(lambda: shop.remove_permission(FunctionName="shop", StatementId="other")) == (
        "Statement other is not found in resource policy."
    )
    for ask in (shop.get_function_event_invoke_config, shop.delete_function_event_invoke_config):
        said = refused(partial(ask, FunctionName="shop"))
        assert said == f"The function {arn} doesn't have an EventInvokeConfig"
    put = shop.put_function_event_invoke_config(FunctionName="shop", MaximumRetryAttempts=1)
    assert (put["FunctionArn"], put["MaximumRetryAttempts"], "MaximumEventAgeInSeconds" in put) == (arn, 1, False)
    too_often = refused(lambda: shop.put_function_event_invoke_config(FunctionName="shop", MaximumRetryAttempts=3))
    assert "'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than" in too_often


def test_a_denied_invocation_names_the_function(cloud: LocalCloud) -> None:
    nobody = cloud.user("lambda", "nobody", [])

    assert refused(lambda: nobody.invoke(FunctionName="shop")) == (
        "User: arn:aws:iam::000000000000:user/nobody is not authorized to perform: lambda:InvokeFunction on resource: "
        "arn:aws:lambda:us-east-1:000000000000:function:shop because no identity-based policy allows the "
        "lambda:InvokeFunction action"
    )


def refused(call: Callable[[], Any]) -> str:
    """The message of what a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Message"])
