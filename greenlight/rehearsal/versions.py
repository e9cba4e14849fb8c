"""The versions that are rehearsed, and what is wrong with those that are meant to fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from greenlight.errors import RehearsalError
from greenlight.rehearsal.runner.catalog import CATALOG_FILE, VersionCatalog, VersionEntry
from greenlight.rehearsal.runner.images import push_version
from stacks.settings import ServiceSettings, Settings

POLL_SECONDS = 0.1
DELIVERED, DENIED, UNDELIVERABLE = "3.0.0-delivered", "3.0.0-denied", "3.0.0-undeliverable"
"""What commits to the rehearsed repository want: the working tree, as these commits are, pushed by a build alone."""
RENEWED = tuple(f"renewed-{number}" for number in range(1, 6))
"""Tags that an act gives to the image of the first version, for releases that only create containers anew."""


@dataclass(frozen=True)
class Cast:
    """The versions of one rehearsal: what is live at first, what replaces it, and variants of that."""

    first: str
    second: str
    first_commit: str = ""
    """What it is run from; the working tree when empty."""
    second_commit: str = ""

    @property
    def unhealthy(self) -> str:
        """Answers /health with 500."""
        return f"{self.second}-unhealthy"

    @property
    def errors(self) -> str:
        """Is healthy, then answers 10 % of requests with 500 once it has traffic."""
        return f"{self.second}-errors"

    @property
    def slow(self) -> str:
        """Takes ten seconds for a request whose query is `slow`."""
        return f"{self.second}-slow"

    @property
    def faults(self) -> Mapping[str, list[str]]:
        """Every version with its faults."""
        variants = {self.unhealthy: ["unhealthy"], self.errors: ["errors"], self.slow: ["slow"]}
        return {self.first: [], self.second: [], **variants}

    def commit(self, version: str) -> str:
        """What a version is run from: a variant from where the one is that it is a variant of."""
        return self.first_commit if version == self.first else self.second_commit


def write_catalog(folder: Path, services: Sequence[ServiceSettings], cast: Cast) -> None:
    """Tell the runner where each service's source is, which commit each version is, and which faults it has."""
    sources = {service.name: service.source for service in services}
    of_the_cast = {version: VersionEntry(tuple(found), cast.commit(version)) for version, found in cast.faults.items()}
    of_commits = {DELIVERED: VersionEntry(), DENIED: VersionEntry(), UNDELIVERABLE: VersionEntry(("unhealthy",))}
    renewed = {version: VersionEntry((), cast.first_commit) for version in RENEWED}
    known = {**of_commits, **of_the_cast, **renewed}
    entries = {(service, version): entry for service in sources for version, entry in known.items()}
    VersionCatalog(folder / CATALOG_FILE).write(sources, entries)


@contextmanager
def pushing_images(settings: Settings, cast: Cast) -> Iterator[None]:
    """Push an image of each version as soon as its repository is there: the same deploy needs them soon after.

    Raises:
        RehearsalError: an image could not be pushed.
    """
    stop = threading.Event()
    ecr = boto3.client("ecr")
    repositories = {service.name: settings.registry_names.repository(service.name) for service in settings.services}
    platforms = settings.build_platforms or (settings.image_platform,)
    architectures = [each.partition("/")[2] for each in platforms]
    with ThreadPoolExecutor(len(repositories)) as pool:
        pushed = {
            service: pool.submit(_push, ecr, repository, list(cast.faults), architectures, stop)
            for service, repository in repositories.items()
        }
        try:
            yield
        finally:
            stop.set()
        for name, push in pushed.items():
            if error := push.exception():
                raise RehearsalError(f"the images of {name} could not be pushed: {error}") from error


def _push(
    ecr: Any, repository: str, versions: Sequence[str], architectures: Sequence[str], stop: threading.Event
) -> None:
    while not _exists(ecr, repository):
        if stop.wait(POLL_SECONDS):
            return
    for version in versions:
        push_version(ecr, repository, version, architectures)


def _exists(ecr: Any, repository: str) -> bool:
    try:
        ecr.describe_repositories(repositoryNames=[repository])
    except ecr.exceptions.RepositoryNotFoundException:
        return False
    return True
