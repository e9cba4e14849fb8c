"""Who may pull an image.

AWS: docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html and
docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html name the four actions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.runner.errors import RegistryError
from greenlight.rehearsal.runner.images import push_image
from greenlight.rehearsal.runner.registry import RoleRegistry
from greenlight.rehearsal.runner.spec import ImageReference
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal
IMAGE = ImageReference.parse("greenlight/shop:1.0.0")
ACTIONS = ("GetAuthorizationToken", "BatchCheckLayerAvailability", "GetDownloadUrlForLayer", "BatchGetImage")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ecr") as cloud:
        ecr = cloud.client("ecr")
        ecr.create_repository(repositoryName=IMAGE.repository)
        push_image(ecr, IMAGE.repository, "1.0.0")
        yield cloud


def registry(cloud: LocalCloud, name: str, *actions: str) -> RoleRegistry:
    """The registry as somebody sees it who may do these things and nothing else."""
    iam = cloud.client("iam")
    iam.create_user(UserName=name)
    allowed = {"Effect": "Allow", "Action": [f"ecr:{action}" for action in actions], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    return RoleRegistry(cloud.endpoint, REGION, keys)


def test_a_role_with_the_four_actions_pulls(cloud: LocalCloud) -> None:
    found = registry(cloud, "all", *ACTIONS).pull(IMAGE)

    assert (found.version, found.architecture) == ("1.0.0", "amd64")


@pytest.mark.parametrize("missing", ACTIONS)
def test_a_role_without_one_of_them_does_not(cloud: LocalCloud, missing: str) -> None:
    poor = registry(cloud, missing, *(action for action in ACTIONS if action != missing))

    with pytest.raises(RegistryError, match=f"pull access denied for {IMAGE.repository}: .*ecr:{missing}"):
        poor.pull(IMAGE)
