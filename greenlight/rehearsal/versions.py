"""The versions that are rehearsed, and what is wrong with those that are meant to fail."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from greenlight.rehearsal.runner.images import push_image

CATALOG = "versions.json"
WAIT_SECONDS = 120.0


@dataclass(frozen=True)
class Cast:
    """The versions of one rehearsal: what is live at first, what replaces it, and two broken ones of that."""

    first: str
    second: str

    @property
    def unhealthy(self) -> str:
        """Answers /health with 500."""
        return f"{self.second}-unhealthy"

    @property
    def errors(self) -> str:
        """Is healthy, then answers 5 % of requests with 500 once it has traffic."""
        return f"{self.second}-errors"

    @property
    def faults(self) -> Mapping[str, list[str]]:
        """Every version with its faults."""
        return {self.first: [], self.second: [], self.unhealthy: ["unhealthy"], self.errors: ["errors"]}


def write_catalog(folder: Path, service: str, cast: Cast) -> None:
    """Tell the runner which faults to load into which version."""
    entries = {f"{service}:{version}": {"faults": faults} for version, faults in cast.faults.items()}
    (folder / CATALOG).write_text(json.dumps(entries, indent=2))


def push_images(service: str, cast: Cast) -> None:
    """Push an image of each version as soon as the repository is there: the same deploy needs them soon after."""
    ecr: Any = boto3.client("ecr")
    repository = f"greenlight/{service}"
    _wait_for(ecr, repository)
    for version in cast.faults:
        push_image(ecr, repository, version)


def _wait_for(ecr: Any, repository: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            ecr.describe_repositories(repositoryNames=[repository])
            return
        except ClientError:
            time.sleep(0.1)
