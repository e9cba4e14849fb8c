"""A followed command: its output, its reason for failing, and its end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from greenlight.deployment import Deployment
from greenlight.processes.owner import Processes
from greenlight.waiting import wait_until

pytestmark = pytest.mark.rehearsal

REFUSAL = (
    "Greenlight | UPDATE_FAILED | Custom::X | Received response status [FAILED] from custom resource. "
    "Message returned: Gate failed: no target is healthy (RequestId: 1)"
)


@contextmanager
def started(tmp_path: Path, program: str) -> Iterator[Deployment]:
    command = [sys.executable, "-c", program]
    with (
        Processes() as processes,
        Deployment(command, dict(os.environ), tmp_path, tmp_path / "log", processes) as deployment,
    ):
        yield deployment


def followed(tmp_path: Path, program: str) -> tuple[int, Deployment]:
    with started(tmp_path, program) as deployment:
        return deployment.follow(lambda: None, lambda news: None), deployment


def test_a_failed_deploy_is_explained_in_the_custom_resources_own_words(tmp_path: Path) -> None:
    code, deployment = followed(tmp_path, f"print({REFUSAL!r}); raise SystemExit(1)")

    assert (code, deployment.why()) == (1, "Gate failed: no target is healthy")


def test_a_failed_resource_of_aws_is_explained_by_its_event(tmp_path: Path) -> None:
    event = "Greenlight | 1/3 | UPDATE_FAILED | AWS::ECS::Service | Shop/Green the circuit breaker was triggered"

    code, deployment = followed(tmp_path, f"print({event!r}); raise SystemExit(1)")

    assert (code, deployment.why()) == (1, "Shop/Green the circuit breaker was triggered")


def test_everything_that_was_printed_is_kept_in_the_log(tmp_path: Path) -> None:
    followed(tmp_path, "print('one'); print('two')")

    assert (tmp_path / "log").read_text() == "one\ntwo\n"


def test_leaving_the_block_ends_the_command(tmp_path: Path) -> None:
    program = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with started(tmp_path, program) as deployment:
        assert wait_until(lambda: deployment.output, 10)
        pid = int(deployment.output)

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
