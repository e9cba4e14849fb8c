"""A version for two platforms, as GitHub's jobs make it: each builds on its own, and a third joins what they built."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from version_guard.ports.images import Images
from version_guard.ports.scans import Scans

from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.runner.images import pull_image
from greenlight.rehearsal.runner.spec import ImageReference
from tests.rehearsal.github_jobs import BOTH, Runners, runners
from tests.unit.workflows import Player

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]

SHOP = "greenlight/shop"
JOINS = ("ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer", "ecr:PutImage")
"""What building and pushing takes besides is taken away in tests/rehearsal/test_pipeline_rights.py."""


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runners]:
    with runners(tmp_path_factory.mktemp("github"), build_platforms=BOTH) as found:
        yield found


@pytest.fixture(scope="module")
def handed_on(github: Runners) -> Mapping[str, str]:
    return github.delivers("2.0.0")


@pytest.fixture
def ecr(github: Runners) -> Any:
    return github.cloud.client("ecr")


def tags(ecr: Any) -> dict[str, list[str]]:
    """The tags of each image by its digest, without those of what is kept beside images."""
    listed = ecr.describe_images(repositoryName=SHOP)["imageDetails"]
    found = {each["imageDigest"]: each.get("imageTags", []) for each in listed}
    return {digest: own for digest, own in found.items() if not any(tag.startswith("sha256-") for tag in own)}


def parts(ecr: Any, digest: str) -> dict[str, str]:
    """The images of an index by their platform."""
    (index,) = ecr.batch_get_image(repositoryName=SHOP, imageIds=[{"imageDigest": digest}])["images"]
    children = json.loads(index["imageManifest"])["manifests"]
    return {f"{each['platform']['os']}/{each['platform']['architecture']}": each["digest"] for each in children}


def test_the_version_is_an_index_of_an_image_for_each_platform(ecr: Any, handed_on: Mapping[str, str]) -> None:
    found = parts(ecr, handed_on["digest"])

    assert sorted(found) == BOTH
    assert sorted(tag.partition("-")[0] for tag in tags(ecr)[handed_on["digest"]]) == ["2.0.0", "git"]
    assert [tags(ecr)[found[each]] for each in BOTH] == [["part-7-1-amd64"], ["part-7-1-arm64"]]


def test_the_guard_takes_the_index_as_the_one_image_of_the_version(ecr: Any, handed_on: Mapping[str, str]) -> None:
    images = Images(ecr, SHOP)

    assert images.digest("2.0.0") == handed_on["digest"]
    assert images.has(handed_on["digest"])
    assert not [tag for tag in images.newest(50) if tag.startswith("part-")]


def test_each_image_of_the_version_was_scanned(ecr: Any, handed_on: Mapping[str, str]) -> None:
    scans = Scans(ecr, SHOP)
    found = scans.platforms(handed_on["digest"])

    assert sorted(found) == sorted(parts(ecr, handed_on["digest"]).values())
    assert [scans.scan(each).status for each in found] == ["COMPLETE", "COMPLETE"]


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_a_host_of_either_processor_pulls_its_own(ecr: Any, handed_on: Mapping[str, str], architecture: str) -> None:
    image = ImageReference.parse(f"{SHOP}@{handed_on['digest']}")
    found = pull_image(ecr, image, architecture=architecture)

    assert (found.version, found.architecture) == ("2.0.0", architecture)


def test_what_is_in_each_image_is_kept_beside_it(ecr: Any, handed_on: Mapping[str, str]) -> None:
    for digest in parts(ecr, handed_on["digest"]).values():
        for kind in ("sbom", "provenance"):
            tag = [{"imageTag": f"{digest.replace(':', '-')}.{kind}"}]
            (kept,) = ecr.batch_get_image(repositoryName=SHOP, imageIds=tag)["images"]
            assert json.loads(kept["imageManifest"])["subject"]["digest"] == digest


def test_a_commit_that_changes_no_service_takes_the_version_as_it_is(
    github: Runners, ecr: Any, handed_on: Mapping[str, str]
) -> None:
    before = tags(ecr)

    assert github.delivers("2.0.0") == {**handed_on, "built": "no"}
    assert tags(ecr) == before


def test_what_was_never_joined_goes_after_a_day_and_the_versions_images_stay(
    github: Runners, ecr: Any, handed_on: Mapping[str, str]
) -> None:
    player = github.commit("2.1.0")
    player.play("release", "services")
    leg, _ = player.matrix("release", "image")
    assert player.play("release", "image", **leg).returncode == 0
    run = player.environment["GITHUB_RUN_ID"]
    left = {digest for digest, own in tags(ecr).items() if own == [f"part-{run}-1-amd64"]} - {
        *parts(ecr, handed_on["digest"]).values()
    }

    gone = github.cloud.control("lifecycle", {"days": 2})[SHOP]
    assert len(left) == 1
    assert left <= {*gone}
    assert {handed_on["digest"], *parts(ecr, handed_on["digest"]).values()} <= tags(ecr).keys()


def test_a_part_that_somebody_else_pushed_is_not_taken_for_this_runs(github: Runners, ecr: Any) -> None:
    """Whoever may push, and not sign, could otherwise have the run's index signed around an image of their own."""
    player = github.commit("2.2.0")
    part = f"part-{player.environment['GITHUB_RUN_ID']}-1-amd64"
    foreign = ecr.batch_get_image(repositoryName=SHOP, imageIds=[{"imageTag": "2.0.0"}])["images"][0]["imageManifest"]
    ecr.put_image(repositoryName=SHOP, imageManifest=foreign, imageTag=part)
    player.play("release", "services")
    leg, _ = player.matrix("release", "image")
    ended = player.play("release", "image", **leg)

    assert ended.returncode == 1
    assert f"The image tag '{part}' already exists" in ended.stderr
    assert not player.artifacts


@pytest.fixture(scope="module")
def built(github: Runners, handed_on: Mapping[str, str]) -> Player:
    """A version whose images are built and wait to be joined."""
    player = github.commit("3.0.0")
    player.play("release", "services")
    assert [each.returncode for each in player.play_all("release", "image")] == [0, 0]
    return player


@pytest.mark.parametrize("action", JOINS)
def test_no_version_is_made_without_each_right_that_joining_takes(
    github: Runners, ecr: Any, built: Player, action: str
) -> None:
    with github.without(action):
        assert built.play("release", "join", service="shop").returncode
    assert "3.0.0" not in {tag for own in tags(ecr).values() for tag in own}


def test_with_all_of_them_a_second_try_makes_it(ecr: Any, built: Player) -> None:
    assert built.play("release", "join", service="shop").returncode == 0
    assert "3.0.0" in {tag for own in tags(ecr).values() for tag in own}


def test_the_jobs_of_one_region_are_of_its_registry(handed_on: Mapping[str, str]) -> None:
    assert handed_on["name"].endswith(f".dkr.ecr.{REGION}.amazonaws.com/{SHOP}")
