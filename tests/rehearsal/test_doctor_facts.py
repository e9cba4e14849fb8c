"""What the doctor asks of EC2, ECR and IAM is answered by the local cloud as AWS documents it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from greenlight_cdk.platforms import AMD64, ARM64, platform_of

from greenlight.rehearsal.cloud.ec2.instance_types import FAMILIES
from greenlight.rehearsal.runner.images import digest_of, manifest_of, push_image
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal
SERVICE_ROLE = "AWSServiceRoleForECS"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "ecr", "cloudformation", "ec2") as cloud:
        cloud.client("ecr").create_repository(repositoryName="greenlight/shop")
        yield cloud


@pytest.mark.parametrize("family", FAMILIES)
def test_the_name_says_what_ec2_says_of_the_type(family: str) -> None:
    assert platform_of(f"{family}.large") == {"x86_64": AMD64, "arm64": ARM64}[FAMILIES[family][0]]


@pytest.mark.parametrize(
    ("name", "architecture"), [("t3.medium", "x86_64"), ("t4g.medium", "arm64"), ("m7g.large", "arm64")]
)
def test_an_instance_type_has_the_processor_of_its_family(cloud: LocalCloud, name: str, architecture: str) -> None:
    (found,) = cloud.client("ec2").describe_instance_types(InstanceTypes=[name])["InstanceTypes"]

    assert found["InstanceType"] == name
    assert found["ProcessorInfo"]["SupportedArchitectures"] == [architecture]


@pytest.mark.parametrize("name", ["t9.medium", "t3.huge", "medium"])
def test_an_instance_type_that_does_not_exist_is_refused(cloud: LocalCloud, name: str) -> None:
    """EC2 API reference, error codes: InvalidInstanceType."""
    with pytest.raises(ClientError, match=rf"InvalidInstanceType\).*do not exist: \[{name}\]"):
        cloud.client("ec2").describe_instance_types(InstanceTypes=["t3.medium", name])


def offered(cloud: LocalCloud, **asked: Any) -> set[str]:
    found = cloud.client("ec2").describe_instance_type_offerings(**asked)["InstanceTypeOfferings"]
    return {f"{each['InstanceType']} {each['LocationType']} {each['Location']}" for each in found}


def test_offerings_are_by_zone_or_by_region(cloud: LocalCloud) -> None:
    """EC2 API reference, DescribeInstanceTypeOfferings: the region, unless LocationType says otherwise."""
    newest = [{"Name": "instance-type", "Values": ["m8i.large"]}]

    assert offered(cloud, Filters=newest) == {"m8i.large region us-east-1"}
    assert offered(cloud, Filters=newest, LocationType="availability-zone") == {
        "m8i.large availability-zone us-east-1b",
        "m8i.large availability-zone us-east-1c",
    }


def test_offerings_of_one_zone_hold_what_it_has(cloud: LocalCloud) -> None:
    zone = [{"Name": "location", "Values": ["us-east-1a"]}]

    found = offered(cloud, Filters=zone, LocationType="availability-zone")

    assert "t3.medium availability-zone us-east-1a" in found
    assert not [each for each in found if each.startswith("m8i.") or "us-east-1b" in each]


def test_a_configuration_that_was_uploaded_is_given_out_by_its_url(cloud: LocalCloud) -> None:
    ecr = cloud.client("ecr")
    push_image(ecr, "greenlight/shop", "1", "arm64")
    digest = json.loads(manifest_of("greenlight/shop", "1", "arm64"))["config"]["digest"]

    url = ecr.get_download_url_for_layer(repositoryName="greenlight/shop", layerDigest=digest)["downloadUrl"]
    checked = ecr.batch_check_layer_availability(repositoryName="greenlight/shop", layerDigests=[digest])["layers"]

    with urllib.request.urlopen(url, timeout=5) as answer:
        assert json.load(answer)["architecture"] == "arm64"
    assert [each["layerAvailability"] for each in checked] == ["AVAILABLE"]


def test_a_blob_that_is_not_what_its_digest_says_is_refused(cloud: LocalCloud) -> None:
    """ECR API reference, CompleteLayerUpload: InvalidLayerException."""
    ecr, repository = cloud.client("ecr"), {"repositoryName": "greenlight/shop"}
    upload = {**repository, "uploadId": ecr.initiate_layer_upload(**repository)["uploadId"]}
    ecr.upload_layer_part(**upload, partFirstByte=0, partLastByte=1, layerPartBlob=b"{}")

    with pytest.raises(ClientError, match="InvalidLayerException"):
        ecr.complete_layer_upload(**upload, layerDigests=[digest_of("something else")])


def test_a_blob_that_nobody_uploaded_has_no_url(cloud: LocalCloud) -> None:
    """ECR API reference, GetDownloadUrlForLayer: LayersNotFoundException."""
    unknown = {"repositoryName": "greenlight/shop", "layerDigest": digest_of("unknown")}

    with pytest.raises(ClientError, match="LayersNotFoundException"):
        cloud.client("ecr").get_download_url_for_layer(**unknown)


def test_the_role_of_ecs_comes_with_the_first_cluster(cloud: LocalCloud) -> None:
    """ECS developer guide, service-linked roles: created with a cluster, where it does not exist."""
    iam, cloudformation = cloud.client("iam"), cloud.client("cloudformation")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_role(RoleName=SERVICE_ROLE)

    template = {"Resources": {"Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {}}}}
    cloudformation.create_stack(StackName="cluster", TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="cluster", WaiterConfig={"Delay": 1})

    assert iam.get_role(RoleName=SERVICE_ROLE)["Role"]["Path"] == "/aws-service-role/ecs.amazonaws.com/"
    with pytest.raises(ClientError, match=f"InvalidInput.*{SERVICE_ROLE} has been taken"):
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
