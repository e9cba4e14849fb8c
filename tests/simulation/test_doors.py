"""Notices, secrets, executions, stacks, images and commands, as far as the functions use them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from traffic_switch.contract import PREVIEW_STAGE

from tests.simulation.cloud import STATE_MACHINE, TOPIC, Cloud
from tests.simulation.errors import AwsError
from tests.simulation.people import Operator
from tests.simulation.site import SECRET, SECRET_VALUE, Site, add_site
from tests.simulation.story import told


class Recorder:
    """A state machine and a CloudFormation that only write down what they are asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def start(self, name: str, text: str) -> None:
        if ("start", name, text) in self.asked:
            raise AwsError("ExecutionAlreadyExists", "Execution Already Exists")
        self.asked.append(("start", name, text))

    def stop(self, name: str, error: str, cause: str) -> None:
        self.asked.append(("stop", name, error, cause))

    def describe(self, name: str) -> dict[str, Any]:
        if name == "unknown":
            raise AwsError("ExecutionDoesNotExist", "Execution Does Not Exist")
        return {"status": "RUNNING", "startDate": 5.0}


class Stack:
    def describe(self, name: str) -> dict[str, Any]:
        return {"StackName": name, "StackStatus": "UPDATE_IN_PROGRESS", "CreationTime": 0.0}


def test_a_notice_is_kept_and_pages_if_it_says_so(cloud: Cloud) -> None:
    sns = cloud.client("test", "sns")
    sns.publish(TopicArn=TOPIC, Subject="Greenlight shop: DONE", Message="m")
    sns.publish(TopicArn=TOPIC, Subject="PAGE: Greenlight shop: HELD", Message="m")
    assert [notice.subject for notice in cloud.pages] == ["PAGE: Greenlight shop: HELD"]


@pytest.mark.parametrize("subject", ["x" * 100, "two\nlines", "Zurück", " starts with a space"])
def test_a_subject_that_sns_does_not_take_is_refused(cloud: Cloud, subject: str) -> None:
    with pytest.raises(ClientError, match="Subject"):
        cloud.client("test", "sns").publish(TopicArn=TOPIC, Subject=subject, Message="m")


def test_an_empty_subject_is_refused(cloud: Cloud) -> None:
    with pytest.raises(ClientError):
        cloud.client("test", "sns").publish(TopicArn=TOPIC, Subject="", Message="m")


def test_a_topic_that_is_not_there_is_not_found(cloud: Cloud) -> None:
    sns = cloud.client("test", "sns")
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.publish(TopicArn=TOPIC + "x", Message="m")


def test_a_secret_is_read_by_its_name(cloud: Cloud) -> None:
    add_site(cloud)
    secrets = cloud.client("test", "secretsmanager")
    told = secrets.get_secret_value(SecretId=SECRET, VersionStage=PREVIEW_STAGE)["SecretString"]
    assert json.loads(told)["shop-blue"] == f"shop-blue-{SECRET_VALUE}"


def test_a_label_moves_only_from_the_version_that_has_it(cloud: Cloud) -> None:
    cloud.secrets.add("s", "one", "LABEL")
    secrets = cloud.client("test", "secretsmanager")
    before = secrets.get_secret_value(SecretId="s", VersionStage="LABEL")["VersionId"]
    ids = [
        secrets.put_secret_value(SecretId="s", SecretString=text, VersionStages=["NEXT"])["VersionId"]
        for text in ("two", "three")
    ]
    moved = {"SecretId": "s", "VersionStage": "LABEL", "RemoveFromVersionId": before}
    secrets.update_secret_version_stage(**moved, MoveToVersionId=ids[0])

    with pytest.raises(ClientError, match="currently attached to version"):
        secrets.update_secret_version_stage(**moved, MoveToVersionId=ids[1])
    assert secrets.get_secret_value(SecretId="s", VersionStage="LABEL")["SecretString"] == "two"


def test_executions_are_started_stopped_and_described_by_name(cloud: Cloud) -> None:
    machine = cloud.states = Recorder()
    sfn = cloud.client("test", "stepfunctions")
    arn = sfn.start_execution(stateMachineArn=STATE_MACHINE, name="one", input="{}")["executionArn"]
    assert sfn.describe_execution(executionArn=arn)["status"] == "RUNNING"
    sfn.stop_execution(executionArn=arn, error="Undone", cause="why")
    assert machine.asked == [("start", "one", "{}"), ("stop", "one", "Undone", "why")]


def test_an_execution_that_is_there_already_is_refused_by_class(cloud: Cloud) -> None:
    cloud.states = Recorder()
    sfn = cloud.client("test", "stepfunctions")
    sfn.start_execution(stateMachineArn=STATE_MACHINE, name="one", input="{}")
    with pytest.raises(sfn.exceptions.ExecutionAlreadyExists):
        sfn.start_execution(stateMachineArn=STATE_MACHINE, name="one", input="{}")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"name": "one", "input": "{"}, "InvalidExecutionInput"),
        ({"name": "one", "input": json.dumps("x" * 300_000)}, "ValidationException"),
        ({"name": "with space", "input": "{}"}, "InvalidName"),
        ({"name": "arn:aws:x", "input": "{}"}, "InvalidName"),
    ],
)
def test_an_execution_that_step_functions_would_not_start_is_refused(
    cloud: Cloud, parameters: dict[str, str], code: str
) -> None:
    cloud.states = Recorder()
    with pytest.raises(ClientError) as refused:
        cloud.client("test", "stepfunctions").start_execution(stateMachineArn=STATE_MACHINE, **parameters)
    assert refused.value.response["Error"]["Code"] == code


def test_an_execution_of_another_machine_does_not_exist(cloud: Cloud) -> None:
    cloud.states = Recorder()
    sfn = cloud.client("test", "stepfunctions")
    with pytest.raises(sfn.exceptions.ExecutionDoesNotExist):
        sfn.describe_execution(executionArn="arn:aws:states:eu-central-1:123456789012:execution:other:one")


def test_a_stack_is_described_by_whoever_runs_stacks(cloud: Cloud) -> None:
    cloud.stacks = Stack()
    found = cloud.client("test", "cloudformation").describe_stacks(StackName="s")["Stacks"]
    assert found[0]["StackStatus"] == "UPDATE_IN_PROGRESS"


def test_an_image_is_found_by_its_tag_and_keeps_its_digest(cloud: Cloud) -> None:
    cloud.registry.push("shop", "v1")
    ecr = cloud.client("test", "ecr")
    asked = {"repositoryName": "shop", "imageIds": [{"imageTag": "v1"}]}
    image = ecr.batch_get_image(**asked)["images"][0]
    ecr.put_image(repositoryName="shop", imageManifest=image["imageManifest"], imageTag="running-blue")
    again = ecr.batch_get_image(repositoryName="shop", imageIds=[{"imageTag": "running-blue"}])["images"][0]
    assert again["imageId"]["imageDigest"] == image["imageId"]["imageDigest"]


def test_an_image_that_is_not_there_is_a_failure_and_no_error(cloud: Cloud) -> None:
    cloud.registry.push("shop", "v1")
    found = cloud.client("test", "ecr").batch_get_image(repositoryName="shop", imageIds=[{"imageTag": "v9"}])
    assert (found["images"], found["failures"][0]["failureCode"]) == ([], "ImageNotFound")


def test_a_tag_that_is_there_already_is_refused_by_class(cloud: Cloud) -> None:
    cloud.registry.push("shop", "v1")
    ecr = cloud.client("test", "ecr")
    with pytest.raises(ecr.exceptions.ImageAlreadyExistsException):
        ecr.put_image(repositoryName="shop", imageManifest='{"image": "v1"}', imageTag="v1")


def test_a_tag_moves_to_the_image_that_gets_it(cloud: Cloud) -> None:
    for tag in ("v1", "latest"):
        cloud.registry.push("shop", tag)
    ecr = cloud.client("test", "ecr")
    ecr.put_image(repositoryName="shop", imageManifest='{"image": "v1"}', imageTag="latest")
    pages = list(ecr.get_paginator("describe_images").paginate(repositoryName="shop", filter={"tagStatus": "TAGGED"}))
    assert [image["imageTags"] for page in pages for image in page["imageDetails"]] == [["latest", "v1"]]


def test_a_command_is_unknown_for_a_moment_and_then_runs(cloud: Cloud) -> None:
    cloud.hosts.instances.add("i-0123456789abcdef0")
    cloud.hosts.documents["run-color"] = lambda parameters: ("Success", " ".join(parameters["image"]))
    cloud.latency = (0.0, 0.0)
    ssm = cloud.client("test", "ssm")
    sent = ssm.send_command(DocumentName="run-color", InstanceIds=["i-0123456789abcdef0"], Parameters={"image": ["v2"]})
    asked = {"CommandId": sent["Command"]["CommandId"], "InstanceId": "i-0123456789abcdef0"}
    with pytest.raises(ssm.exceptions.InvocationDoesNotExist):
        ssm.get_command_invocation(**asked)
    cloud.kernel.sleep(1)
    assert ssm.get_command_invocation(**asked)["Status"] == "InProgress"
    cloud.kernel.sleep(10)
    found = ssm.get_command_invocation(**asked)
    assert (found["Status"], found["StandardOutputContent"]) == ("Success", "v2")


def test_an_instance_that_has_not_registered_is_refused_by_class(cloud: Cloud) -> None:
    cloud.hosts.documents["run-color"] = lambda _: ("Success", "")
    ssm = cloud.client("test", "ssm")
    with pytest.raises(ssm.exceptions.InvalidInstanceId):
        ssm.send_command(DocumentName="run-color", InstanceIds=["i-0123456789abcdef0"])


def test_an_operator_edits_the_rule_as_he_likes(site: Site) -> None:
    operator = Operator(site)
    operator.set_weights(50, 50, sticky=True)
    operator.set_paths("/shop*")
    rule = site.rule()
    assert rule is not None
    assert rule["Actions"][0]["ForwardConfig"]["TargetGroupStickinessConfig"]["Enabled"]
    assert rule["Conditions"][0]["Values"] == ["/shop*"]
    operator.set_priority(90)
    assert site.rule_weights() is None


def test_an_operator_aborts_a_switch_by_a_word_in_its_record(cloud: Cloud, site: Site) -> None:
    Operator(site).abort("one", "I do not like it")
    assert cloud.switch_item("one") == {"pk": "switch#one", "abort": "I do not like it"}


def test_the_trace_reads_as_a_story(cloud: Cloud, site: Site, elb: Any) -> None:
    Operator(site).set_weights(0, 100)
    with pytest.raises(elb.exceptions.RuleNotFoundException):
        elb.delete_rule(RuleArn="arn:gone")
    lines = told(cloud.kernel).splitlines()
    assert "operator: elbv2.ModifyRule" in lines[0]
    assert "refused: RuleNotFound" in lines[-1]
