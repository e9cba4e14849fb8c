"""Whether the declared versions have images, for the processor that they would run on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from greenlight.doctor.finding import Finding, one_or, problem, warning

REGISTRY_FIRST = "deploy the registry's stack, then push the images"


@dataclass(frozen=True)
class Repository:
    """One service's repository. `platforms` has each declared version that has an image, as `os/architecture`.

    `digests` are those of the declared versions as their tags say now, `recorded` as the journal remembers them.
    """

    name: str
    exists: bool
    is_ours: bool
    """Whether the registry's stack holds it: one that outlived its stack is in the way of the next."""
    wanted: tuple[str, ...]
    platforms: Mapping[str, tuple[str, ...]]
    digests: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[str, str] = field(default_factory=dict)


def judge_images(repositories: Iterable[Repository], platform: str) -> tuple[Finding, ...]:
    """Judge every declared version against what the host or the tasks are, e.g. `linux/amd64`."""
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
    elif (was := repository.recorded.get(version)) and was != (now := repository.digests.get(version)):
        yield warning(
            f"the tag of {image} is on {now}, but it was first deployed as {was}: what runs stays, and a deploy that"
            " would start it anew is refused",
            "find out who did that (CloudTrail: BatchDeleteImage, PutImage), and push what is to run under a new tag",
        )
