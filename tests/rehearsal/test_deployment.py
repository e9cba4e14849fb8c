"""A followed command: its output, its reason for failing, and its end."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from greenlight.deployment import Deployment

pytestmark = pytest.mark.rehearsal

REFUSAL = (
    "Greenlight | UPDATE_FAILED | Custom::X | Received response status [FAILED] from custom resource. "
    "Message returned: Gate failed: no target is healthy (RequestId: 1)"
)


def followed(tmp_path: Path, program: str) -> tuple[int, Deployment]:
    with Deployment([sys.executable, "-c", program], dict(os.environ), tmp_path, tmp_path / "log") as deployment:
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
    program = "import time; time.sleep(60)"
    with Deployment([sys.executable, "-c", program], dict(os.environ), tmp_path, tmp_path / "log") as deployment:
        pid = deployment.pid

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
