"""What a container is asked to be, before anything runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from greenlight.rehearsal.runner.errors import VersionError

_REPOSITORY = re.compile(r"greenlight(-[a-z0-9-]+)?/(?P<service>[^/]+)")
"""Of production, or of a stage that has repositories of its own (`greenlight_cdk.names`)."""
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_REFERENCE = re.compile(
    r"(?:(?P<registry>[^/]+\.[^/]+)/)?(?P<repository>[a-z0-9._/-]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>.+))?"
)


class RestartPolicy(StrEnum):
    """Docker's restart policies, by Docker's names; ECS replaces a task instead and so uses NO."""

    NO = "no"
    ON_FAILURE = "on-failure"
    ALWAYS = "always"
    UNLESS_STOPPED = "unless-stopped"

    def restarts(self, exit_code: int) -> bool:
        """Say whether a process that nobody asked to stop is started again."""
        return self in (RestartPolicy.ALWAYS, RestartPolicy.UNLESS_STOPPED) or (
            self is RestartPolicy.ON_FAILURE and exit_code != 0
        )


@dataclass(frozen=True)
class ImageReference:
    """The name of an image: `<registry>/greenlight/<service>:<tag>`, with a digest instead of, or besides, the tag."""

    repository: str
    tag: str | None = None
    digest: str | None = None
    registry: str | None = None

    @classmethod
    def parse(cls, text: str) -> ImageReference:
        """Read a reference as Docker does: no tag and no digest mean `latest`."""
        match = _REFERENCE.fullmatch(text)
        if not match:
            raise VersionError(f"image {text!r} is not a reference: use <registry>/greenlight/<service>:<tag>")
        tag, digest = match["tag"], match["digest"]
        if tag is not None and not TAG.fullmatch(tag):
            raise VersionError(f"image {text!r} has the tag {tag!r}: a tag matches {TAG.pattern}")
        return cls(match["repository"], tag or (None if digest else "latest"), digest, match["registry"])

    @property
    def service(self) -> str:
        """The folder under services/ that the image is built from."""
        found = _REPOSITORY.fullmatch(self.repository)
        if not found:
            raise VersionError(f"image repository {self.repository!r} has no service: it must be greenlight/<service>")
        return found["service"]

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.registry + '/' if self.registry else ''}{self.repository}{tag}{digest}"


@dataclass(frozen=True)
class Endpoint:
    """Where the load balancer believes the container to be: an instance id or a task's address, and a port.

    `container_port` is the port inside of the container that it leads to: a service that listens on another one, or on
    the container's loopback address alone, is not reached.
    """

    target: str
    port: int
    container_port: int


@dataclass(frozen=True)
class ContainerSpec:
    """One container, fully decided: the runner adds only the real port and the way to the local cloud.

    `host` is the instance or the task it belongs to; names are unique within a host. `version` is what the image
    holds, which the tag it was asked for need not say (`live-blue` moves). `credentials` are variables of the role that
    AWS would hand out by way of the metadata service. `runs_here` is False for an image of another processor than its
    host's.
    """

    name: str
    host: str
    image: ImageReference
    version: str
    environment: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    endpoints: tuple[Endpoint, ...] = ()
    restart: RestartPolicy = RestartPolicy.NO
    stop_timeout_seconds: float = 10.0
    labels: Mapping[str, str] = field(default_factory=dict)
    runs_here: bool = True
