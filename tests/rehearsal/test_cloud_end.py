"""However the cloud ends, no process of a container or of a host is left."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.compute_cloud import ComputeCloud, compute_cloud, eventually
from tests.rehearsal.test_ecs import stack

pytestmark = pytest.mark.rehearsal

SLEEPER = {"DocumentName": "AWS-RunShellScript", "Parameters": {"commands": ['echo $$ >"$HOME/pid"; sleep 60; :']}}


def started(cloud: ComputeCloud) -> list[int]:
    """Start a task and a script on a host; return their processes."""
    cloud.push("v1")
    resources: dict[str, Any] = {**stack("v1"), "Instance": {"Type": "AWS::EC2::Instance", "Properties": {}}}
    instance = cloud.deploy("All", resources, Id={"Ref": "Instance"})["Id"]
    cloud.client("ssm").send_command(InstanceIds=[instance], **SLEEPER)
    note = cloud.run_dir / "hosts" / instance / "pid"
    eventually(lambda: note.is_file() and note.read_text().strip().isdigit())
    return [int(note.read_text()), *(each["pid"] for each in cloud.control("containers"))]


def runs(pid: int) -> bool:
    """Say whether a process runs: one that has ended may still wait for its parent to notice."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.is_file() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_cloud(tmp_path: Path, number: signal.Signals) -> None:
    with compute_cloud(tmp_path) as cloud:
        pids = started(cloud)
        assert len(pids) == 2
        assert all(runs(pid) for pid in pids)
        cloud.process.send_signal(number)
        cloud.process.wait(10)

        eventually(lambda: not any(runs(pid) for pid in pids))
