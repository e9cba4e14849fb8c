"""Lambda in the local cloud: which Python a function runs on, and whether its log is kept."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

SOURCE = """
import sys

def handle(event, context):
    print("said")
    return sys._xoptions
"""
WRAPPER = f"""#!/bin/sh
[ "$2" = -c ] && exec echo python3.14
exec {sys.executable} -X named=3.14 "$@"
"""
"""An interpreter that says it is the one that functions name, and lets them see that it was used."""
GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    folder: Path = tmp_path_factory.mktemp("cloud")
    (folder / "python3.14").write_text(WRAPPER)
    (folder / "python3.14").chmod(0o755)
    with started(folder, "iam", "lambda_functions", PATH=f"{folder}:{os.environ['PATH']}") as cloud:
        yield cloud


def call(cloud: LocalCloud, name: str, *statements: dict[str, Any], **settings: Any) -> Any:
    """Create a function whose role allows only this, and call it."""
    cloud.function(name, SOURCE, cloud.role(name, "lambda.amazonaws.com", *statements), **settings)
    return json.load(cloud.client("lambda").invoke(FunctionName=name)["Payload"])


def allow(resource: str, *actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def kept(cloud: LocalCloud, group: str) -> list[str]:
    """What CloudWatch Logs has of a function."""
    logs = cloud.client("logs")
    return [each["message"].strip() for each in logs.filter_log_events(logGroupName=group)["events"]]


def lost(cloud: LocalCloud, name: str) -> list[str]:
    return [each for each in cloud.control("silences")["lost"] if f"the function {name} " in each]


def test_a_function_runs_on_the_python_that_it_names(cloud: LocalCloud) -> None:
    """Lambda guide, "Lambda runtimes": python3.14 is Python 3.14, and nothing else."""
    assert call(cloud, "named") == {"named": "3.14"}
    assert cloud.control("silences")["notes"] == []


def test_a_function_whose_role_may_write_its_log_has_one(cloud: LocalCloud) -> None:
    """Lambda guide, "Sending Lambda function logs to CloudWatch Logs": the three permissions of the execution role."""
    group = f"{GROUP}logged:*"
    call(cloud, "logged", allow(group, "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"))

    assert "said" in eventually(lambda: kept(cloud, "/aws/lambda/logged"))
    assert lost(cloud, "logged") == []


@pytest.mark.parametrize(
    ("name", "allowed", "missing"),
    [
        ("nothing", ("dynamodb:GetItem",), "logs:CreateLogGroup"),
        ("no-stream", ("logs:CreateLogGroup", "logs:PutLogEvents"), "logs:CreateLogStream"),
        ("no-events", ("logs:CreateLogGroup", "logs:CreateLogStream"), "logs:PutLogEvents"),
    ],
    ids=["nothing", "no-stream", "no-events"],
)
def test_a_function_whose_role_may_not_write_its_log_works_without_one(
    cloud: LocalCloud, name: str, allowed: tuple[str, ...], missing: str
) -> None:
    """re:Post, "Lambda function logs don't appear in CloudWatch": the call succeeds, and nothing is said."""
    assert call(cloud, name, allow("*", *allowed)) == {"named": "3.14"}

    (said,) = eventually(lambda: lost(cloud, name))
    assert missing in said


def test_a_function_writes_only_into_the_group_that_it_is_given(cloud: LocalCloud) -> None:
    """Lambda guide, "Configuring CloudWatch log groups": LoggingConfig names the group, and the role must allow it."""
    cloud.client("logs").create_log_group(logGroupName="shared")
    own = allow(f"{GROUP}shares:*", "logs:CreateLogStream", "logs:PutLogEvents")

    call(cloud, "shares", own, LoggingConfig={"LogFormat": "JSON", "LogGroup": "shared"})

    (said,) = eventually(lambda: lost(cloud, "shares"))
    assert "log-group:shared:log-stream:" in said
    assert kept(cloud, "shared") == []
