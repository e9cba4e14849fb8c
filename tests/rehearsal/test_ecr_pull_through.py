"""Caches of public registries, pulled through with the rights that a machine which pushes has.

AWS: docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html, pull-through-cache-iam.html and
repository-creation-templates.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import App
from greenlight_cdk.delivery_rights import DeliveryGrounds, push

from greenlight.rehearsal.runner.images import AMD64, config_of, manifest_of, pull_image
from greenlight.rehearsal.runner.spec import ImageReference
from stacks.governance import GovernanceStack
from stacks.settings import Settings
from tests.rehearsal.local_cloud import LocalCloud, started
from tests.rehearsal.real_stacks import RealStacks

pytestmark = [pytest.mark.rehearsal, pytest.mark.long]

STACK = "GreenlightGovernance"
NODE = "docker/library/node"
GROUNDS = DeliveryGrounds("", (), (), (), caches=("arn:aws:ecr:*:*:repository/ecr-public/*",))
RIGHTS = [action for each in push(GROUNDS) if each.sid == "PullBaseImages" for action in each.actions]
FIRST_ALONE = "ecr:CreateRepository"


def build(app: App, settings: Settings) -> None:
    GovernanceStack(app, STACK, settings=settings)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ecr", "cloudformation") as cloud:
        stacks = RealStacks(cloud, build)
        assert stacks.deploy(STACK, pull_through_cache="ecr-public") == "CREATE_COMPLETE", stacks.reasons(STACK)
        for tag in ("24", "26"):
            image = {"manifest": manifest_of(NODE, tag), "blobs": [config_of(AMD64)]}
            cloud.control("upstreams", {"registry": "public.ecr.aws", "repository": NODE, "tag": tag, **image})
        yield cloud


@pytest.fixture
def ecr(cloud: LocalCloud) -> Iterator[Any]:
    client = cloud.client("ecr")
    yield client
    for each in client.describe_repositories()["repositories"]:
        client.delete_repository(repositoryName=each["repositoryName"], force=True)


def pulled(ecr: Any, tag: str = "24", prefix: str = "ecr-public") -> str:
    """The version of what is pulled."""
    return pull_image(ecr, ImageReference.parse(f"{prefix}/{NODE}:{tag}")).version


def test_the_first_pull_brings_the_image(ecr: Any) -> None:
    assert pulled(ecr) == "24"
    (made,) = ecr.describe_repositories()["repositories"]
    assert made["repositoryName"] == f"ecr-public/{NODE}"


def test_the_repository_is_as_the_template_says(cloud: LocalCloud, ecr: Any) -> None:
    pulled(ecr)

    gone = cloud.control("lifecycle", {"days": 31})[f"ecr-public/{NODE}"]
    assert len(gone) == 1
    assert pulled(ecr) == "24"


@pytest.mark.parametrize("missing", ["", *RIGHTS])
def test_who_pushes_may_pull_through_and_needs_each_right_for_the_first_pull(
    cloud: LocalCloud, ecr: Any, missing: str
) -> None:
    rights = [each for each in RIGHTS if each != missing]
    user = cloud.user("ecr", f"first-{missing[4:]}", rights, resource=GROUNDS.caches[0])

    if missing:
        with pytest.raises(Exception, match=f"not authorized to perform: {missing}"):
            pulled(user)
    else:
        assert pulled(user) == "24"


def test_a_repository_is_made_once(cloud: LocalCloud, ecr: Any) -> None:
    user = cloud.user("ecr", "second", [each for each in RIGHTS if each != FIRST_ALONE], resource=GROUNDS.caches[0])
    pulled(ecr)

    assert pulled(user, "26") == "26"


def test_what_the_other_registry_lacks_is_not_there(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        pulled(ecr, "99")


def test_a_prefix_without_a_rule_is_no_cache(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        pulled(ecr, prefix="quay")
