"""The CloudFormation types that our templates use and the local cloud lacks, or does not treat as AWS does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.compute_cloud import ComputeCloud, compute_cloud
from tests.rehearsal.template_pieces import resource


def document(command: str) -> dict[str, Any]:
    step = {"action": "aws:runShellScript", "name": "run", "inputs": {"runCommand": [command]}}
    content = {"schemaVersion": "2.2", "mainSteps": [step]}
    return resource(
        "AWS::SSM::Document", Name="Say", DocumentType="Command", Content=content, UpdateMethod="NewVersion"
    )


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComputeCloud]:
    with compute_cloud(tmp_path_factory.mktemp("cloud"), auth=True) as cloud:
        yield cloud


@pytest.mark.rehearsal
def test_a_composite_alarm_can_be_asked_for_its_state(cloud: ComputeCloud) -> None:
    alarm = resource(
        "AWS::CloudWatch::Alarm",
        AlarmName="child",
        MetricName="m",
        Namespace="n",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    composite = resource("AWS::CloudWatch::CompositeAlarm", AlarmName="parent", AlarmRule="ALARM(child)")
    cloud.deploy("Alarms", {"Child": alarm, "Parent": {**composite, "DependsOn": "Child"}})

    found = cloud.client("cloudwatch").describe_alarms(AlarmNames=["parent"], AlarmTypes=["CompositeAlarm"])
    assert [each["AlarmRule"] for each in found["CompositeAlarms"]] == ["ALARM(child)"]


@pytest.mark.rehearsal
def test_the_tags_of_a_bucket_are_kept(cloud: ComputeCloud) -> None:
    bucket = resource("AWS::S3::Bucket", BucketName="tagged", Tags=[{"Key": "aws-cdk:auto-delete", "Value": "true"}])
    cloud.deploy("Bucket", {"Bucket": bucket})

    tags = cloud.client("s3").get_bucket_tagging(Bucket="tagged")["TagSet"]
    assert tags == [{"Key": "aws-cdk:auto-delete", "Value": "true"}]


@pytest.mark.rehearsal
def test_only_excluded_tags_of_an_immutable_repository_move(cloud: ComputeCloud) -> None:
    excluded = {
        "ImageTagMutabilityExclusionFilterType": "WILDCARD",
        "ImageTagMutabilityExclusionFilterValue": "live-*",
    }
    repository = resource(
        "AWS::ECR::Repository",
        RepositoryName="greenlight/fixed",
        ImageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        ImageTagMutabilityExclusionFilters=[excluded],
    )
    cloud.deploy("Registry", {"Repository": repository})
    ecr = cloud.client("ecr")

    def put(tag: str, manifest: str) -> str:
        ecr.put_image(repositoryName="greenlight/fixed", imageTag=tag, imageManifest=manifest)
        found = ecr.batch_get_image(repositoryName="greenlight/fixed", imageIds=[{"imageTag": tag}])
        return str(found["images"][0]["imageManifest"])

    put("1.0.0", '{"v": 1}')
    put("live-blue", '{"v": 1}')

    assert put("live-blue", '{"v": 2}') == '{"v": 2}'
    with pytest.raises(ClientError, match="ImageTagAlreadyExistsException"):
        put("1.0.0", '{"v": 2}')


@pytest.mark.rehearsal
def test_an_image_that_loses_one_of_two_tags_keeps_the_other(cloud: ComputeCloud) -> None:
    ecr = cloud.client("ecr")
    ecr.create_repository(repositoryName="greenlight/tags")
    for tag in ("live-blue", "1.0.0"):
        ecr.put_image(repositoryName="greenlight/tags", imageTag=tag, imageManifest="{}")
    ecr.batch_delete_image(repositoryName="greenlight/tags", imageIds=[{"imageTag": "live-blue"}])

    details = ecr.describe_images(repositoryName="greenlight/tags")["imageDetails"]
    assert [each["imageTags"] for each in details] == [["1.0.0"]]


@pytest.mark.rehearsal
def test_a_document_that_changes_keeps_its_name(cloud: ComputeCloud) -> None:
    names = [cloud.deploy("Documents", {"Say": document(c)}, Name={"Ref": "Say"})["Name"] for c in ("a", "b")]

    assert names == ["Say", "Say"]


@pytest.mark.rehearsal
def test_a_task_definition_has_the_platform_that_its_template_says(cloud: ComputeCloud) -> None:
    found = []
    for processor in ("X86_64", "ARM64"):
        definition = resource(
            "AWS::ECS::TaskDefinition",
            Family="shop",
            ContainerDefinitions=[{"Name": "app", "Image": "app"}],
            RuntimePlatform={"CpuArchitecture": processor, "OperatingSystemFamily": "LINUX"},
        )
        arn = cloud.deploy("Tasks", {"Task": definition}, Arn={"Ref": "Task"})["Arn"]
        described = cloud.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
        found.append(described["runtimePlatform"])

    assert found == [{"cpuArchitecture": each, "operatingSystemFamily": "LINUX"} for each in ("X86_64", "ARM64")]


@pytest.mark.rehearsal
def test_a_task_definition_has_the_secrets_that_its_template_says(cloud: ComputeCloud) -> None:
    secret = "arn:aws:secretsmanager:us-east-1:000000000000:secret:sessions-AbCdEf"
    containers = [{"Name": "app", "Image": "app", "Secrets": [{"Name": "SESSION_SECRETS", "ValueFrom": secret}]}]
    definition = resource("AWS::ECS::TaskDefinition", Family="told", ContainerDefinitions=containers)

    arn = cloud.deploy("Told", {"Task": definition}, Arn={"Ref": "Task"})["Arn"]

    (container,) = cloud.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"][
        "containerDefinitions"
    ]
    assert container["secrets"] == [{"name": "SESSION_SECRETS", "valueFrom": secret}]
