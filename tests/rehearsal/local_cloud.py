"""A local cloud for one test module: started with a few adapters, IAM enforced, and gone when the module is done."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.keys import TOKEN_HEADER, RunKeys
from greenlight.waiting import awaited

START_SECONDS = 30.0
HURRY = {"GREENLIGHT_INVOCATION_RETRY_SECONDS": "0.5", "GREENLIGHT_SCHEDULE_SCALE": "0.02"}
"""A failed event is tried again after half a second, and a minute of a schedule takes 1.2."""
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@dataclass(frozen=True)
class LocalCloud:
    """A running cloud process, seen by its clients."""

    endpoint: str
    run_dir: Path
    keys: RunKeys = field(default_factory=RunKeys.draw)

    def client(self, service: str, **settings: Any) -> Any:
        """A client of the operator, who may do everything; it never tries twice."""
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.keys.access_key,
            aws_secret_access_key=self.keys.secret_key,
            config=Config(retries={"max_attempts": 0}, **settings),
        )

    def control(self, name: str, body: object = None) -> Any:
        """Ask the rehearsal's own endpoint, or tell it something."""
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.endpoint}/_greenlight/{name}"
        headers = {TOKEN_HEADER: self.keys.token}
        request = urllib.request.Request(url, data, headers, method="GET" if data is None else "PUT")
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def user(self, service: str, name: str, actions: Sequence[str], resource: str = "*") -> Any:
        """A client of a new user who may do these actions on this resource, and nothing else."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
        if actions:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=_document(statement))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            config=Config(retries={"max_attempts": 0}),
        )

    def role(self, name: str, service: str, *statements: Mapping[str, Any]) -> str:
        """Create a role that a service may take, and return its ARN."""
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        iam = self.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=_document(*statements))
        return str(arn)

    def function(self, name: str, source: str, role: str, **settings: Any) -> str:
        """Create a Python function whose handler is `handle` in `source`, and return its ARN."""
        created = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.14",
            Architectures=["arm64"],
            Handler="index.handle",
            Role=role,
            Code={"ZipFile": zipped({"index.py": source})},
            **settings,
        )
        return str(created["FunctionArn"])


def zipped(files: Mapping[str, str]) -> bytes:
    """A zip archive of text files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def eventually(look: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Look until something comes out, and return it; the last answer when nothing does."""
    return awaited(look, bool, seconds, 0.02)


@contextmanager
def started(run_dir: Path, *adapters: str, **variables: str) -> Iterator[LocalCloud]:
    """Start the cloud process with some of its adapters, in a hurry unless variables say otherwise; end it again."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    cloud = LocalCloud(f"http://127.0.0.1:{port}", run_dir)
    command = [sys.executable, "-m", "greenlight.rehearsal.cloud", "--port", str(port), "--run-dir", str(run_dir)]
    output = run_dir / "cloud.log"
    with output.open("w") as log:
        process = subprocess.Popen(
            [*command, "--only", ",".join(adapters)],
            env={**os.environ, **HURRY, **cloud.keys.variables(), **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        ready = eventually(lambda: process.poll() is not None or _is_ready(cloud), START_SECONDS)
        assert ready, f"the cloud is not ready after {START_SECONDS:g} s"
        assert process.poll() is None, f"the cloud did not start:\n{output.read_text()[-2000:]}"
        yield cloud
    finally:
        process.terminate()
        process.wait(10)


def _is_ready(cloud: LocalCloud) -> bool:
    try:
        return bool(cloud.control("ready")["ready"])
    except OSError:
        return False


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
