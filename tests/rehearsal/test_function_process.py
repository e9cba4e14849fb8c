"""A process that becomes a function."""

from __future__ import annotations

import fcntl
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenlight.processes.owner import Processes
from greenlight.rehearsal.cloud.lambda_functions.code import link_shipped_packages
from greenlight.rehearsal.cloud.lambda_functions.process import FunctionProcess
from tests.rehearsal.local_cloud import eventually

HIGH = 1500
"""A descriptor that `select` takes no more: a cloud that many clients are connected to has such."""
SOURCE = "def handle(event, context):\n    return {'told': event['said']}\n"


@pytest.fixture
def high_descriptors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pipes get numbers above 1023."""
    limits, pipe = resource.getrlimit(resource.RLIMIT_NOFILE), os.pipe

    def high_pipe() -> tuple[int, int]:
        low = pipe()
        reading, writing = (fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, HIGH) for each in low)
        for each in low:
            os.close(each)
        return reading, writing

    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limits[0], 2 * HIGH), limits[1]))
    monkeypatch.setattr(os, "pipe", high_pipe)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.usefixtures("high_descriptors")
def test_a_function_answers_whatever_number_its_descriptors_have(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text(SOURCE)
    function = {
        "code": str(tmp_path),
        "handler": "index.handle",
        "environment": {
            "AWS_LAMBDA_FUNCTION_NAME": "teller",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_LOG_GROUP_NAME": "group",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        },
        "log_format": "Text",
        "log_level": "INFO",
    }
    invocation = {"event": {"said": "hello"}, "request_id": "1", "function_arn": "arn", "timeout_seconds": 10}

    with Processes() as processes:
        process = FunctionProcess(sys.executable, link_shipped_packages(tmp_path / "runtime"), processes)
        process.become(function, print)
        answer, _ = process.ask(invocation, 10.0, 256)
        process.close()
        eventually(lambda: process.process.output.closed)

    assert "hello" in str(answer)
