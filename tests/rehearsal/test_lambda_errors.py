"""How Lambda's Python runtime tells what went wrong, compared with what was recorded on AWS.

github.com/localstack/localstack, tests/aws/services/lambda_/test_lambda.snapshot.json, and the runtime's own source,
github.com/aws/aws-lambda-python-runtime-interface-client.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.local_cloud import LocalCloud, started, zipped

pytestmark = pytest.mark.rehearsal

DIVIDED = ("ZeroDivisionError", "division by zero")
SOURCE = """
import datetime
import logging
import os
import signal
import sys
import time

log = logging.getLogger("shop")


def one(event):
    pass


def handle(event, context):
    return globals()[event["do"]](event, context)


def divide(event, context):
    return 1 / 0


def moment(event, context):
    return datetime.datetime.now()


def large(event, context):
    return "x" * event["size"]


def leave(event, context):
    sys.exit(0)


def fill(event, context):
    filled = b"x" * event["bytes"]
    time.sleep(0.2)
    return len(filled)


def die(event, context):
    os.kill(os.getpid(), signal.SIGKILL)


def tell(event, context):
    return [context.aws_request_id, context.log_stream_name, context.identity.cognito_identity_id, context.tenant_id]


def warn(event, context):
    log.warning("careful")


def extra(event, context):
    log.warning("careful", extra={"at": datetime.datetime.now()})


def caught(event, context):
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("careful")
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions") as cloud:
        logs = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
        role = cloud.role("shop", "lambda.amazonaws.com", logs)
        cloud.function("shop", SOURCE, role, Timeout=10)
        cloud.function("json", SOURCE, role, Timeout=10, LoggingConfig={"LogFormat": "JSON"})
        yield cloud


def call(cloud: LocalCloud, name: str = "shop", **event: Any) -> dict[str, Any]:
    """Call a function; the answer with its payload read and the end of its log as text."""
    answer: dict[str, Any] = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
    payload = json.load(answer["Payload"])
    return {**answer, "Payload": payload, "Log": base64.b64decode(answer["LogResult"]).decode()}


def created(cloud: LocalCloud, name: str, handler: str, files: dict[str, str]) -> str:
    cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.14",
        Handler=handler,
        Role="arn:aws:iam::000000000000:role/shop",
        Code={"ZipFile": zipped(files)},
    )
    return name


@pytest.mark.parametrize(
    ("handler", "source", "kind", "said"),
    [
        (
            "handle",
            "",
            "Runtime.MalformedHandlerName",
            "Bad handler 'handle': not enough values to unpack (expected 2, got 1)",
        ),
        ("sys.exit", "", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
        ("index.nobody", "", "Runtime.HandlerNotFound", "Handler 'nobody' missing on module 'index'"),
        ("other.handle", "", "Runtime.ImportModuleError", "Unable to import module 'other': No module named 'other'"),
        (
            "index.handle",
            "import nothing\n",
            "Runtime.ImportModuleError",
            "Unable to import module 'index': No module named 'nothing'",
        ),
    ],
    ids=["malformed", "built-in", "missing", "module", "import"],
)
def test_a_handler_that_cannot_be_loaded_is_told_as_on_aws(
    cloud: LocalCloud, handler: str, source: str, kind: str, said: str
) -> None:
    number = str(zlib.crc32(f"{handler}{source}".encode()))
    name = created(cloud, f"load-{number}", handler, {"index.py": source})

    answer = call(cloud, name)

    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"] == {"errorMessage": said, "errorType": kind, "requestId": "", "stackTrace": []}
    assert f"[ERROR] {kind}: {said}\nTraceback (most recent call last):\n" in answer["Log"]


def test_a_module_that_raises_is_told_by_its_own_error(cloud: LocalCloud) -> None:
    name = created(cloud, "raises", "index.handle", {"index.py": "import os\nos.nothing\n"})

    failure = call(cloud, name)["Payload"]

    assert (failure["errorType"], failure["requestId"]) == ("AttributeError", "")
    assert failure["stackTrace"][-1] == '  File "/var/task/index.py", line 2, in <module>\n    os.nothing\n'


def test_a_syntax_error_says_where(cloud: LocalCloud) -> None:
    name = created(cloud, "typo", "index.handle", {"index.py": "x = 1\ndef handle(:\n"})

    failure = call(cloud, name)["Payload"]

    assert failure["errorType"] == "Runtime.UserCodeSyntaxError"
    assert failure["errorMessage"] == "Syntax error in module 'index': invalid syntax (index.py, line 2)"
    assert failure["stackTrace"] == ['  File "/var/task/index.py" Line 2\n    def handle(:\n']


def test_a_handler_with_too_few_arguments_fails_in_the_runtime(cloud: LocalCloud) -> None:
    name = created(cloud, "few", "index.one", {"index.py": SOURCE})

    failure = call(cloud, name)["Payload"]

    assert failure["errorType"] == "TypeError"
    assert failure["errorMessage"] == "one() takes 1 positional argument but 2 were given"
    assert failure["stackTrace"][0].startswith('  File "/var/runtime/bootstrap.py", line ')


def test_an_error_has_its_request_and_its_lines_alone(cloud: LocalCloud) -> None:
    answer = call(cloud, do="divide")

    failure = answer["Payload"]
    assert list(failure) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert failure["requestId"] == answer["ResponseMetadata"]["RequestId"]
    assert failure["stackTrace"][-1].endswith("in divide\n    return 1 / 0\n")
    assert (
        "[ERROR] ZeroDivisionError: division by zero\nTraceback (most recent call last):\n\u00a0\u00a0File"
        in answer["Log"]
    )


def test_an_answer_that_is_no_json_has_no_lines(cloud: LocalCloud) -> None:
    failure = call(cloud, do="moment")["Payload"]

    assert failure["errorMessage"] == "Unable to marshal response: Object of type datetime is not JSON serializable"
    assert failure["stackTrace"] == []


@pytest.mark.parametrize(("size", "fits"), [(6_291_554, True), (6_291_555, False)], ids=["fits", "too-large"])
def test_an_answer_has_a_largest_size(cloud: LocalCloud, size: int, fits: bool) -> None:
    payload = call(cloud, do="large", size=size)["Payload"]

    assert (payload == "x" * size) is fits
    assert fits or payload == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }


@pytest.mark.parametrize(
    ("end", "why"),
    [("leave", "without providing a reason"), ("die", "with error: signal: killed")],
)
def test_a_process_that_ends_says_why(cloud: LocalCloud, end: str, why: str) -> None:
    answer = call(cloud, do=end)

    said = f"RequestId: {answer['ResponseMetadata']['RequestId']} Error: Runtime exited {why}"
    assert answer["Payload"] == {"errorType": "Runtime.ExitError", "errorMessage": said}
    assert f"{said}\nRuntime.ExitError\nEND RequestId: " in answer["Log"]
    assert answer["Log"].endswith("\tStatus: error\tError Type: Runtime.ExitError")


def test_a_function_has_the_memory_that_it_is_given(cloud: LocalCloud) -> None:
    """The default of 128 MB, with boto3 in it."""
    assert call(cloud, do="fill", bytes=10_000_000)["Payload"] == 10_000_000

    answer = call(cloud, do="fill", bytes=200_000_000)

    assert answer["Payload"]["errorType"] == "Runtime.OutOfMemory"
    assert answer["Payload"]["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    assert answer["Log"].endswith("\tStatus: error\tError Type: Runtime.OutOfMemory")
    assert call(cloud, do="fill", bytes=1)["Payload"] == 1


def test_the_log_of_an_invocation_is_between_lambdas_own_lines(cloud: LocalCloud) -> None:
    answer = call(cloud, do="warn")

    request = answer["ResponseMetadata"]["RequestId"]
    first, said, last, report = answer["Log"].splitlines()
    assert first == f"START RequestId: {request} Version: $LATEST"
    assert re.fullmatch(rf"\[WARNING\]\t\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{request}\tcareful", said)
    assert last == f"END RequestId: {request}"
    measured = r"Duration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\t"
    assert re.fullmatch(rf"REPORT RequestId: {request}\t{measured}", report)


def test_the_stream_that_a_function_knows_has_its_log(cloud: LocalCloud) -> None:
    request, stream, *nobody = call(cloud, do="tell")["Payload"]
    call(cloud, do="divide")

    logs = cloud.client("logs")
    found = [
        each["message"] for each in logs.get_log_events(logGroupName="/aws/lambda/shop", logStreamName=stream)["events"]
    ]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream)
    assert f"START RequestId: {request} Version: $LATEST" in found
    assert [each.count("\n") > 2 for each in found if "[ERROR] ZeroDivisionError" in each][-1:] == [True]
    assert nobody == [None, None]


def test_a_json_log_holds_errors_as_objects(cloud: LocalCloud) -> None:
    (line,), (failure,) = (
        [json.loads(line) for line in call(cloud, "json", do=what)["Log"].splitlines() if line[0] == "{"]
        for what in ("caught", "divide")
    )

    assert [line[name] for name in ("message", "errorType", "errorMessage")] == ["careful", *DIVIDED]
    assert "1 / 0" in line["stackTrace"][0]
    assert [failure[name] for name in ("level", "errorType", "errorMessage")] == ["ERROR", *DIVIDED]


def test_a_field_that_json_does_not_know_fails_the_function(cloud: LocalCloud) -> None:
    """A kindness otherwise: on AWS the record's TypeError reaches the handler."""
    failure = call(cloud, "json", do="extra")["Payload"]

    assert (failure["errorType"], failure["errorMessage"]) == (
        "TypeError",
        "Object of type datetime is not JSON serializable",
    )
