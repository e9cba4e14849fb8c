"""A local cloud with the compute adapters alone, and a checkout whose shop is a few lines of Node.js."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.session import Session

from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.keys import TOKEN_HEADER, RunKeys
from greenlight.rehearsal.runner.images import push_image
from greenlight.waiting import wait_until

REGISTRY = f"000000000000.dkr.ecr.{REGION}.amazonaws.com"
REPOSITORY = "greenlight/shop"
SHOP = """
if (process.env.VERSION === 'crashes') process.exit(3);
const server = require('node:http').createServer((request, response) => {
  if (process.env.VERSION === 'unwell') response.statusCode = 500;
  response.setHeader('X-Version', process.env.VERSION);
  response.end(JSON.stringify(process.env));
});
server.listen(process.env.PORT);
process.on('SIGTERM', () => process.exit(0));
"""
_START_SECONDS = 30
COMPUTE = "iam,ecr,cloudformation,ec2,ssm,ecs"


@dataclass(frozen=True)
class ComputeCloud:
    """The running cloud, and the few calls that tests make of it."""

    port: int
    run_dir: Path
    process: subprocess.Popen[bytes]
    keys: RunKeys

    def client(self, service: str, **credentials: str) -> Any:
        keys: dict[str, Any] = {**credentials} or {
            "aws_access_key_id": self.keys.access_key,
            "aws_secret_access_key": self.keys.secret_key,
        }
        url = f"http://127.0.0.1:{self.port}"
        return Session().create_client(service, region_name=REGION, endpoint_url=url, **keys)

    def control(self, name: str) -> Any:
        url = f"http://127.0.0.1:{self.port}/_greenlight/{name}"
        request = urllib.request.Request(url, headers={TOKEN_HEADER: self.keys.token})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def push(self, *versions: str) -> None:
        ecr = self.client("ecr")
        if not ecr.describe_repositories()["repositories"]:
            ecr.create_repository(repositoryName=REPOSITORY)
        for version in versions:
            push_image(ecr, REPOSITORY, version)

    def deploy(self, stack: str, resources: dict[str, Any], **outputs: Any) -> dict[str, str]:
        """Create or update a stack; return its outputs. Raises AssertionError with the reason when it fails."""
        cloudformation = self.client("cloudformation")
        template = {"Resources": resources, "Outputs": {name: {"Value": value} for name, value in outputs.items()}}
        names = {each["StackName"] for each in cloudformation.describe_stacks()["Stacks"]}
        act = cloudformation.update_stack if stack in names else cloudformation.create_stack
        act(StackName=stack, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
        eventually(lambda: not self._status(stack).endswith("IN_PROGRESS"), 60)
        assert self._status(stack) in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), self._reasons(stack)
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in found}

    def delete(self, stack: str) -> None:
        cloudformation = self.client("cloudformation")
        identity = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=stack)
        eventually(lambda: self._status(identity) == "DELETE_COMPLETE", 60)

    def _status(self, stack: str) -> str:
        return str(self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    def _reasons(self, stack: str) -> list[str]:
        events = self.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
        failed = [each for each in events if each["ResourceStatus"].endswith("FAILED")]
        return [f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason')}" for each in failed]


@contextmanager
def compute_cloud(folder: Path, *, auth: bool = False, adapters: str = COMPUTE) -> Iterator[ComputeCloud]:
    """Run a cloud as long as the block lasts."""
    shop = folder / "checkout" / "services" / "shop"
    shop.mkdir(parents=True)
    (shop / "server.js").write_text(SHOP)
    (shop / "package.json").write_text('{"main": "server.js"}')
    port, run_dir = _free_port(), folder / "run"

    command = [sys.executable, "-m", "greenlight.rehearsal.cloud", "--port", str(port), "--run-dir", str(run_dir)]
    command += ["--only", adapters, "--auth" if auth else "--no-auth"]
    run_dir.mkdir()
    keys = RunKeys.draw()
    with (run_dir / "cloud.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=shop.parents[1],
            env={**os.environ, **keys.variables()},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    cloud = ComputeCloud(port, run_dir, process, keys)
    try:
        eventually(lambda: _is_ready(cloud), _START_SECONDS)
        yield cloud
    finally:
        process.terminate()
        process.wait(10)


def offered(environment: Mapping[str, str]) -> dict[str, str]:
    """What a container's SDK is given when it asks for credentials, as a client's settings."""
    with urllib.request.urlopen(environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], timeout=5) as answer:
        found = json.load(answer)
    assert "AWS_ACCESS_KEY_ID" not in environment
    names = {
        "AccessKeyId": "aws_access_key_id",
        "SecretAccessKey": "aws_secret_access_key",
        "Token": "aws_session_token",
    }
    return {ours: found[theirs] for theirs, ours in names.items()}


def eventually(claim: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until the claim holds."""
    assert wait_until(claim, seconds), "the claim did not come true in time"


def _is_ready(cloud: ComputeCloud) -> bool:
    """Say whether our own cloud answers: another one on this port would not have written into our folder."""
    assert cloud.process.poll() is None, (cloud.run_dir / "cloud.log").read_text()
    if not (cloud.run_dir / "hosts" / "bin").is_dir():
        return False
    try:
        return bool(cloud.control("ready")["ready"])
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
