"""Lifecycle policies in the local cloud: refused, previewed and applied.

AWS: docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html and
docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicyPreview.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from greenlight.rehearsal.runner.images import push_image
from tests.rehearsal.local_cloud import LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ecr", "cloudformation") as cloud:
        yield cloud


@pytest.fixture
def ecr(cloud: LocalCloud) -> Iterator[Any]:
    client = cloud.client("ecr")
    client.create_repository(repositoryName="shop")
    yield client
    client.delete_repository(repositoryName="shop", force=True)


def policy(*rules: tuple[int, str, int]) -> str:
    """Rules by priority, pattern and days; an empty pattern is for untagged images."""
    return json.dumps({"rules": [_rule(*each) for each in rules]})


def _rule(priority: int, pattern: str, days: int) -> dict[str, Any]:
    tags = {"tagStatus": "tagged", "tagPatternList": [pattern]} if pattern else {"tagStatus": "untagged"}
    selection = {**tags, "countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}
    return {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}


def put(ecr: Any, manifest: dict[str, Any], media_type: str, **named: str) -> str:
    """Push a manifest; return its digest."""
    text = json.dumps({"schemaVersion": 2, "mediaType": media_type, **manifest})
    answer = ecr.put_image(repositoryName="shop", imageManifest=text, imageManifestMediaType=media_type, **named)
    return str(answer["image"]["imageId"]["imageDigest"])


def days_pass(cloud: LocalCloud, days: int) -> list[str]:
    """Let days pass; return the digests that expired."""
    gone: list[str] = cloud.control("lifecycle", {"days": days}).get("shop", [])
    return gone


def test_an_image_expires_once_it_is_older_than_its_rule_allows(cloud: LocalCloud, ecr: Any) -> None:
    feature, release = push_image(ecr, "shop", "feature-login"), push_image(ecr, "shop", "1.0.0")
    ecr.put_lifecycle_policy(repositoryName="shop", lifecyclePolicyText=policy((1, "feature-*", 7)))

    assert days_pass(cloud, 6) == []
    assert days_pass(cloud, 2) == [feature]
    assert [each["imageDigest"] for each in ecr.describe_images(repositoryName="shop")["imageDetails"]] == [release]


def test_without_a_policy_nothing_expires(cloud: LocalCloud, ecr: Any) -> None:
    push_image(ecr, "shop", "feature-login")

    assert days_pass(cloud, 9999) == []


def test_a_preview_names_the_image_and_the_rule_and_takes_nothing(cloud: LocalCloud, ecr: Any) -> None:
    digest = push_image(ecr, "shop", "rc-1")
    cloud.control("lifecycle", {"days": 31})

    ecr.start_lifecycle_policy_preview(repositoryName="shop", lifecyclePolicyText=policy((20, "rc-*", 30)))

    preview = ecr.get_lifecycle_policy_preview(repositoryName="shop")
    (found,) = preview["previewResults"]
    assert (preview["status"], preview["summary"]["expiringImageTotalCount"]) == ("COMPLETE", 1)
    assert (found["imageDigest"], found["imageTags"], found["appliedRulePriority"]) == (digest, ["rc-1"], 20)
    assert ecr.describe_images(repositoryName="shop")["imageDetails"]


def test_there_is_no_preview_without_any_policy(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.LifecyclePolicyNotFoundException):
        ecr.start_lifecycle_policy_preview(repositoryName="shop")
    with pytest.raises(ecr.exceptions.LifecyclePolicyPreviewNotFoundException):
        ecr.get_lifecycle_policy_preview(repositoryName="shop")


def test_what_an_index_names_outlives_the_rule_for_untagged_images(cloud: LocalCloud, ecr: Any) -> None:
    child = put(ecr, {"layers": []}, MANIFEST)
    index = put(ecr, {"manifests": [{"mediaType": MANIFEST, "digest": child}]}, INDEX, imageTag="1.0.0")
    ecr.put_lifecycle_policy(repositoryName="shop", lifecyclePolicyText=policy((1, "", 1)))

    assert days_pass(cloud, 2) == []
    ecr.batch_delete_image(repositoryName="shop", imageIds=[{"imageDigest": index}])
    assert days_pass(cloud, 0) == [child]


def test_a_signature_goes_with_the_image_that_it_is_of(cloud: LocalCloud, ecr: Any) -> None:
    image = push_image(ecr, "shop", "feature-a")
    signature = put(ecr, {"subject": {"mediaType": MANIFEST, "digest": image}}, MANIFEST)
    ecr.put_lifecycle_policy(repositoryName="shop", lifecyclePolicyText=policy((1, "feature-*", 7), (2, "", 1)))

    assert days_pass(cloud, 2) == []
    assert days_pass(cloud, 6) == sorted([image, signature])


def test_a_policy_that_is_wrong_is_refused(ecr: Any) -> None:
    with pytest.raises(ecr.exceptions.InvalidParameterException, match="countNumber has to be a positive integer"):
        ecr.put_lifecycle_policy(repositoryName="shop", lifecyclePolicyText=policy((1, "rc-*", 0)))


def test_a_template_with_a_policy_that_is_wrong_is_refused(cloud: LocalCloud) -> None:
    cloudformation = cloud.client("cloudformation")
    properties = {"LifecyclePolicy": {"LifecyclePolicyText": policy((1, "rc-*", 0))}}
    template = {"Resources": {"Images": {"Type": "AWS::ECR::Repository", "Properties": properties}}}

    cloudformation.create_stack(StackName="wrong", TemplateBody=json.dumps(template), OnFailure="DO_NOTHING")

    def failed() -> bool:
        events = cloudformation.describe_stack_events(StackName="wrong")["StackEvents"]
        return any("countNumber" in each.get("ResourceStatusReason", "") for each in events)

    assert eventually(failed)


def test_who_may_not_preview_is_refused(cloud: LocalCloud, ecr: Any) -> None:
    stranger = cloud.user("ecr", "puller", ["ecr:BatchGetImage"])

    with pytest.raises(Exception, match="not authorized to perform: ecr:StartLifecyclePolicyPreview"):
        stranger.start_lifecycle_policy_preview(repositoryName="shop")
