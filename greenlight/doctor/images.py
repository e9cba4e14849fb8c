"""Whether the declared versions have images, for the processor that they would run on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from greenlight.doctor.finding import Finding, one_or, problem

ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}
"""EC2's and ECS's names for processors, and those of image manifests (OCI image specification, GOARCH)."""
REGISTRY_FIRST = "deploy the registry's stack, then push the images"


@dataclass(frozen=True)
class Repository:
    """One service's repository. `platforms` has each declared version that has an image, as `os/architecture`."""

    name: str
    exists: bool
    is_ours: bool
    """Whether the registry's stack holds it: one that outlived its stack is in the way of the next."""
    wanted: tuple[str, ...]
    platforms: Mapping[str, tuple[str, ...]]


def judge_images(repositories: Iterable[Repository], architecture: str) -> tuple[Finding, ...]:
    """Judge every declared version against what the host or the tasks are: `x86_64` or `arm64`."""
    platform = f"linux/{ARCHITECTURES.get(architecture, architecture)}"
    looked = list(repositories)
    found = [finding for each in looked for finding in _judge(each, platform)]
    versions = ", ".join(f"{each.name}:{version}" for each in looked for version in each.wanted)
    return one_or(found, f"{versions} for {platform}")


def _judge(repository: Repository, platform: str) -> Iterator[Finding]:
    if not repository.exists:
        yield problem(f"there is no repository {repository.name}", REGISTRY_FIRST)
        return
    if not repository.is_ours:
        yield problem(
            f"the repository {repository.name} outlived its stack: creating it again would fail, since it exists",
            f"import it into the registry's stack with `npx cdk import`, or delete it with every image in it:"
            f" `aws ecr delete-repository --repository-name {repository.name} --force`",
        )
    for version in repository.wanted:
        yield from _judge_version(repository, version, platform)


def _judge_version(repository: Repository, version: str, platform: str) -> Iterator[Finding]:
    image = f"{repository.name}:{version}"
    built = repository.platforms.get(version)
    if built is None:
        yield problem(f"there is no image {image}", "push it, or declare a version that is there")
    elif platform not in built:
        yield problem(
            f"the image {image} is for {' and '.join(built) or 'no platform'}, and it would run on {platform}",
            f"`docker build --platform {platform}`, and push it under a new tag",
        )
