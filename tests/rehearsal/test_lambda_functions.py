"""Lambda in the local cloud: what a function sees, what becomes of its errors, and where its log is."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

SOURCE = """
import datetime
import decimal
import logging
import os
import sys
import time

import boto3

log = logging.getLogger("shop")


class GateClosedError(Exception):
    pass


def handle(event, context):
    return globals()[event["do"]](event, context)


def tell(event, context):
    print("told")
    return {
        "environment": dict(os.environ),
        "path": sys.path,
        "python": sys.version_info[:2],
        "name": context.function_name,
        "arn": context.invoked_function_arn,
        "request": context.aws_request_id,
        "left": context.get_remaining_time_in_millis(),
        "pid": os.getpid(),
        "number": decimal.Decimal("1.5"),
    }


def quiet(event, context):
    return event.get("echo")


def fail(event, context):
    raise GateClosedError("0 of 2 healthy")


def moment(event, context):
    return datetime.datetime.now()


def sleep(event, context):
    print("sleeping")
    time.sleep(event["seconds"])


def leave(event, context):
    print("leaving")
    sys.exit(3)


def write(event, context):
    log.info("shifted", extra={"weight": 100})
    log.debug("not shown")


def tables(event, context):
    return boto3.client("dynamodb").list_tables()["TableNames"]
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions") as cloud:
        yield cloud


@pytest.fixture(scope="module")
def function(cloud: LocalCloud) -> str:
    write = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    role = cloud.role("shop", "lambda.amazonaws.com", write)
    cloud.function("shop", SOURCE, role, Timeout=10, Environment={"Variables": {"COLOR": "green"}})
    return "shop"


def invoke(cloud: LocalCloud, name: str, **event: Any) -> Any:
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def log_of(cloud: LocalCloud, name: str) -> str:
    return (cloud.run_dir / "logs" / "lambda" / f"{name}.log").read_text()


def test_a_function_sees_its_settings_and_nothing_of_this_machine(cloud: LocalCloud, function: str) -> None:
    told = invoke(cloud, function, do="tell")

    seen = told["environment"]
    assert (seen["COLOR"], seen["AWS_REGION"], seen["AWS_ENDPOINT_URL"]) == ("green", "us-east-1", cloud.endpoint)
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == told["name"] == "shop"
    assert told["arn"].endswith(":function:shop")
    assert 9_000 < told["left"] <= 10_000
    assert told["number"] == 1.5
    assert not {"GATEWAY_PORT", "AUTH", "VIRTUAL_ENV"} & set(seen)


def test_a_function_has_the_packages_of_the_runtime_alone(cloud: LocalCloud) -> None:
    role = cloud.role("greedy", "lambda.amazonaws.com")
    cloud.function("greedy", "import click\n\ndef handle(event, context):\n    pass\n", role)

    failure = invoke(cloud, "greedy")

    assert failure["errorType"] == "Runtime.ImportModuleError"
    assert failure["errorMessage"] == "Unable to import module 'index': No module named 'click'"
    assert failure["stackTrace"] == []


def test_an_error_is_named_after_its_class_and_keeps_the_process_warm(cloud: LocalCloud, function: str) -> None:
    before = invoke(cloud, function, do="tell")["pid"]

    failure = invoke(cloud, function, do="fail")

    assert (failure["errorType"], failure["errorMessage"]) == ("GateClosedError", "0 of 2 healthy")
    assert failure["stackTrace"][-1].startswith('  File "/var/task/index.py", line ')
    assert "raise GateClosedError" in failure["stackTrace"][-1]
    assert invoke(cloud, function, do="tell")["pid"] == before


def test_an_answer_that_is_no_json_is_an_error(cloud: LocalCloud, function: str) -> None:
    failure = invoke(cloud, function, do="moment")

    assert failure["errorType"] == "Runtime.MarshalError"
    assert "Object of type datetime is not JSON serializable" in failure["errorMessage"]


@pytest.mark.parametrize("value", [None, "text", "{}", 1, [1], {"a": "ä"}])
def test_what_a_function_returns_arrives_unchanged(cloud: LocalCloud, function: str, value: object) -> None:
    assert invoke(cloud, function, do="quiet", echo=value) == value


def test_a_function_out_of_time_is_ended(cloud: LocalCloud) -> None:
    cloud.function("slow", SOURCE, cloud.role("slow", "lambda.amazonaws.com"), Timeout=1)
    begun = time.monotonic()

    failure = invoke(cloud, "slow", do="sleep", seconds=30)

    assert time.monotonic() - begun < 3
    assert failure["errorType"] == "Sandbox.Timedout"
    assert failure["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert "sleeping" in log_of(cloud, "slow")
    assert invoke(cloud, "slow", do="quiet", echo="back") == "back"


def test_a_function_that_exits_is_an_error_and_starts_anew(cloud: LocalCloud, function: str) -> None:
    failure = invoke(cloud, function, do="leave")

    assert failure["errorType"] == "Runtime.ExitError"
    assert failure["errorMessage"].endswith("Runtime exited with error: exit status 3")
    assert invoke(cloud, function, do="quiet", echo=1) == 1


def test_a_function_has_the_rights_of_its_role_alone(cloud: LocalCloud, function: str) -> None:
    failure = invoke(cloud, function, do="tables")

    assert failure["errorType"] == "ClientError"
    assert "assumed-role/shop" in failure["errorMessage"]
    assert "dynamodb:ListTables" in failure["errorMessage"]


def test_the_log_of_a_function_is_a_file_and_a_log_group(cloud: LocalCloud, function: str) -> None:
    request = invoke(cloud, function, do="tell")["request"]

    lines = log_of(cloud, function).splitlines()
    begun = lines.index(f"START RequestId: {request} Version: $LATEST")
    assert lines[begun + 1] == "told"
    assert lines[begun + 2] == f"END RequestId: {request}"
    assert lines[begun + 3].startswith(f"REPORT RequestId: {request}\tDuration: ")
    logs = cloud.client("logs")
    found = logs.filter_log_events(logGroupName="/aws/lambda/shop", filterPattern="told")["events"]
    assert [event["message"] for event in found][:1] == ["told"]


def test_the_log_is_json_where_the_function_asks_for_it(cloud: LocalCloud) -> None:
    role = cloud.role("writer", "lambda.amazonaws.com")
    cloud.function("writer", SOURCE, role, LoggingConfig={"LogFormat": "JSON"})

    invoke(cloud, "writer", do="write")

    (line,) = [json.loads(line) for line in log_of(cloud, "writer").splitlines() if line.startswith("{")]
    assert (line["level"], line["message"], line["weight"], line["logger"]) == ("INFO", "shifted", 100, "shop")


def test_new_settings_reach_a_warm_function(cloud: LocalCloud, function: str) -> None:
    invoke(cloud, function, do="tell")
    variables = {"Variables": {"COLOR": "blue"}}

    cloud.client("lambda").update_function_configuration(FunctionName=function, Environment=variables)

    assert invoke(cloud, function, do="tell")["environment"]["COLOR"] == "blue"


def test_functions_do_not_outlive_the_cloud(tmp_path: Path) -> None:
    with started(tmp_path, "lambda_functions") as cloud:
        role = cloud.role("shop", "lambda.amazonaws.com")
        cloud.function("shop", SOURCE, role)
        worker = psutil.Process(invoke(cloud, "shop", do="tell")["pid"])
        parent = worker.ppid()

        os.kill(parent, signal.SIGKILL)

        assert eventually(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
