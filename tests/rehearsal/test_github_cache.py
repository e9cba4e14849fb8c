"""What GitHub's jobs keep of their builds, with the role's own rights: one tag moves, and no image's does."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from greenlight_cdk.delivery_rights import PUSHES

from tests.rehearsal.github_jobs import Runners, runners

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]

SHOP, CACHE = "greenlight/shop", "greenlight.cache/shop"


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runners]:
    with runners(tmp_path_factory.mktemp("github"), build_cache=True) as found:
        found.delivers("2.0.0")
        yield found


@pytest.fixture
def ecr(github: Runners) -> Any:
    return github.cloud.client("ecr")


def builds(github: Runners, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Build the shop with the rights of the jobs that push, and keep that as `name`."""
    place = f"ref=000000000000.dkr.ecr.us-east-1.amazonaws.com/{CACHE}:{name}"
    cache = ["--cache-from", f"type=registry,{place}", "--cache-to", ",".join(["type=registry", place, *more])]
    labels = ["--label", f"greenlight.source={name}-{len(more)}"]
    return subprocess.run(
        ["docker", "build", *cache, *labels, "--platform", "linux/amd64", "--tag", f"{SHOP}:1", "services/shop"],
        cwd=github.folder,
        env={**os.environ, **github.environment()},
        capture_output=True,
        text=True,
        check=False,
    )


def kept(ecr: Any, name: str) -> str:
    """What the cache has under a tag."""
    found = ecr.batch_get_image(repositoryName=CACHE, imageIds=[{"imageTag": name}])["images"]
    return str(found[0]["imageId"]["imageDigest"]) if found else ""


def test_the_tag_moves_from_build_to_build_and_what_it_left_goes_after_a_day(github: Runners, ecr: Any) -> None:
    first = kept(ecr, "amd64")
    github.delivers("2.0.1")
    second = kept(ecr, "amd64")

    assert first not in ("", second)
    assert github.cloud.control("lifecycle", {"days": 2})[CACHE] == [first]
    assert github.cloud.control("lifecycle", {"days": 13})[CACHE] == [second]


def test_no_tag_of_an_image_moves_with_the_rights_of_a_build(github: Runners) -> None:
    client = github.client("ecr")
    other = json.dumps({"schemaVersion": 2, "layers": [], "annotations": {"another": "image"}})

    with pytest.raises(ClientError, match="ImageTagAlreadyExistsException"):
        client.put_image(repositoryName=SHOP, imageManifest=other, imageTag="2.0.0")


@pytest.mark.parametrize("action", PUSHES)
def test_nothing_is_kept_without_each_right_and_the_build_goes_on(github: Runners, ecr: Any, action: str) -> None:
    name = action.partition(":")[2].lower()
    if action == "ecr:GetDownloadUrlForLayer":
        assert builds(github, name).returncode == 0
    before = kept(ecr, name)
    with github.without(action):
        ended = builds(github, name, "ignore-error=true")

    assert ended.returncode == 0, ended.stderr
    assert "the cache was passed over: An error occurred (AccessDeniedException)" in ended.stdout
    assert kept(ecr, name) == before


def test_nobody_but_the_jobs_that_push_writes_what_the_next_build_takes(github: Runners) -> None:
    manifest = json.dumps({"schemaVersion": 2, "layers": []})

    with pytest.raises(ClientError, match="AccessDenied"):
        github.client("ecr", "Plan", "pull_request").put_image(
            repositoryName=CACHE, imageManifest=manifest, imageTag="amd64"
        )


def test_what_is_kept_is_not_scanned(ecr: Any) -> None:
    (image, *_) = ecr.describe_images(repositoryName=CACHE)["imageDetails"]

    with pytest.raises(ecr.exceptions.ScanNotFoundException):
        ecr.describe_image_scan_findings(repositoryName=CACHE, imageId={"imageDigest": image["imageDigest"]})
