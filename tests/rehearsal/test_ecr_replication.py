"""Copies of images in other regions.

AWS: docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html, "Considerations for private image replication".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.runner.images import manifest_of, pull_image, push_image
from greenlight.rehearsal.runner.spec import ImageReference
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

SHOP, OTHER = "greenlight/shop", "elsewhere/shop"
NEAR, FAR = "eu-central-1", "eu-west-3"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ecr") as cloud:
        yield cloud


def registry(cloud: LocalCloud, region: str = REGION) -> Any:
    return boto3.client(
        "ecr",
        endpoint_url=cloud.endpoint,
        region_name=region,
        aws_access_key_id=cloud.keys.access_key,
        aws_secret_access_key=cloud.keys.secret_key,
    )


def copied_to(ecr: Any, *regions: str, prefix: str = "greenlight/") -> None:
    """Tell a registry to copy what is pushed into repositories whose names begin so."""
    places = [{"region": region, "registryId": ACCOUNT} for region in regions]
    rule = {"destinations": places, "repositoryFilters": [{"filter": prefix, "filterType": "PREFIX_MATCH"}]}
    ecr.put_replication_configuration(replicationConfiguration={"rules": [rule] if regions else []})


def there(ecr: Any, repository: str = SHOP) -> dict[str, list[str]]:
    """The tags of each image of a repository; nothing where there is none."""
    try:
        images = ecr.describe_images(repositoryName=repository)["imageDetails"]
    except ecr.exceptions.RepositoryNotFoundException:
        return {}
    return {each["imageDigest"]: each["imageTags"] for each in images}


@pytest.fixture
def ecr(cloud: LocalCloud) -> Iterator[Any]:
    here = registry(cloud)
    for name in (SHOP, OTHER):
        here.create_repository(
            repositoryName=name, imageScanningConfiguration={"scanOnPush": True}, imageTagMutability="IMMUTABLE"
        )
    copied_to(here, NEAR)
    yield here
    for region in (REGION, NEAR, FAR):
        client = registry(cloud, region)
        copied_to(client)
        for each in client.describe_repositories()["repositories"]:
            client.delete_repository(repositoryName=each["repositoryName"], force=True)


@pytest.fixture
def near(cloud: LocalCloud) -> Any:
    return registry(cloud, NEAR)


def test_what_is_pushed_can_be_pulled_in_the_other_region(ecr: Any, near: Any) -> None:
    digest = push_image(ecr, SHOP, "1.0.0")

    assert there(near) == {digest: ["1.0.0"]}
    assert pull_image(near, ImageReference.parse(f"{SHOP}@{digest}")).version == "1.0.0"


def test_ecr_says_where_an_image_was_copied_to(ecr: Any) -> None:
    digest = push_image(ecr, SHOP, "1.0.0")

    answer = ecr.describe_image_replication_status(repositoryName=SHOP, imageId={"imageDigest": digest})
    assert answer["replicationStatuses"] == [{"region": NEAR, "registryId": ACCOUNT, "status": "COMPLETE"}]


def test_a_repository_that_no_rule_names_is_not_copied(ecr: Any, near: Any) -> None:
    push_image(ecr, OTHER, "1.0.0")

    assert there(near, OTHER) == {}


def test_what_was_pushed_before_is_not_copied(ecr: Any, near: Any) -> None:
    copied_to(ecr)
    push_image(ecr, SHOP, "1.0.0")
    copied_to(ecr, NEAR)
    second = push_image(ecr, SHOP, "2.0.0")

    assert there(near) == {second: ["2.0.0"]}


def test_a_copy_is_not_copied_on(cloud: LocalCloud, ecr: Any, near: Any) -> None:
    copied_to(near, FAR)
    digest = push_image(ecr, SHOP, "1.0.0")

    assert there(near) == {digest: ["1.0.0"]}
    assert there(registry(cloud, FAR)) == {}


def test_settings_and_lifecycle_of_a_repository_are_not_copied(ecr: Any, near: Any) -> None:
    push_image(ecr, SHOP, "1.0.0")

    (made,) = near.describe_repositories(repositoryNames=[SHOP])["repositories"]
    assert made["imageTagMutability"] == "MUTABLE"
    assert made["imageScanningConfiguration"] == {"scanOnPush": False}
    with pytest.raises(near.exceptions.LifecyclePolicyNotFoundException):
        near.get_lifecycle_policy(repositoryName=SHOP)


def test_what_is_deleted_stays_in_the_other_region(ecr: Any, near: Any) -> None:
    digest = push_image(ecr, SHOP, "1.0.0")
    ecr.batch_delete_image(repositoryName=SHOP, imageIds=[{"imageDigest": digest}])

    assert there(ecr) == {}
    assert there(near) == {digest: ["1.0.0"]}


def test_a_tag_that_may_not_move_there_stays_and_the_copy_comes_without_it(ecr: Any, near: Any) -> None:
    near.create_repository(repositoryName=SHOP, imageTagMutability="IMMUTABLE")
    first = near.put_image(repositoryName=SHOP, imageManifest=manifest_of(SHOP, "theirs"), imageTag="1.0.0")
    digest = push_image(ecr, SHOP, "1.0.0")

    assert there(near) == {first["image"]["imageId"]["imageDigest"]: ["1.0.0"], digest: []}


def test_a_second_tag_goes_along(ecr: Any, near: Any) -> None:
    digest = push_image(ecr, SHOP, "1.0.0")
    ecr.put_image(repositoryName=SHOP, imageManifest=manifest_of(SHOP, "1.0.0"), imageTag="git-3f2a9c1")

    assert there(near) == {digest: ["1.0.0", "git-3f2a9c1"]}


def test_who_may_not_ask_is_refused(cloud: LocalCloud, ecr: Any) -> None:
    digest = push_image(ecr, SHOP, "1.0.0")
    stranger = cloud.user("ecr", "stranger", ["ecr:DescribeImages"])

    with pytest.raises(Exception, match="not authorized to perform: ecr:DescribeImageReplicationStatus"):
        stranger.describe_image_replication_status(repositoryName=SHOP, imageId={"imageDigest": digest})
