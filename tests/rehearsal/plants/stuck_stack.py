"""A stack in a state in which CloudFormation takes no update of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import boto3

from tests.rehearsal.local_cloud import eventually, zipped
from tests.rehearsal.plants.ground import Ground, Plant

UNUSED_STACK = "GreenlightFargate"
"""The stack that another `compute` would make."""
REFUSING = """import json, time, urllib.request
def handle(event, context):
    time.sleep(float(event["ResourceProperties"].get("Seconds", "0")))
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "FAILED", "Reason": "as planted", "PhysicalResourceId": "planted"}
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT"))
"""


def stuck_stack(status: str, **properties: str) -> Plant:
    """A stack whose only resource refuses everything: it can be neither created nor taken back."""

    @contextmanager
    def planted(ground: Ground) -> Iterator[None]:
        cloudformation = boto3.client("cloudformation")
        with refusing_function() as function:
            resource = {"Type": "Custom::Planted", "Properties": {"ServiceToken": function, **properties}}
            cloudformation.create_stack(
                StackName=UNUSED_STACK, TemplateBody=json.dumps({"Resources": {"Planted": resource}})
            )
            eventually(lambda: stack_status() == status)
            try:
                yield
            finally:
                _remove()

    return planted


@contextmanager
def stack_in_review(_: Ground) -> Iterator[None]:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    boto3.client("cloudformation").create_change_set(
        StackName=UNUSED_STACK, ChangeSetName="planted", ChangeSetType="CREATE", TemplateBody=json.dumps(template)
    )
    try:
        yield
    finally:
        _remove()


def stack_status() -> str:
    """The status of the planted stack, empty when there is none."""
    cloudformation = boto3.client("cloudformation")
    try:
        return str(cloudformation.describe_stacks(StackName=UNUSED_STACK)["Stacks"][0]["StackStatus"])
    except cloudformation.exceptions.ClientError:
        return ""


@contextmanager
def refusing_function() -> Iterator[str]:
    """A function that answers every request of CloudFormation with FAILED."""
    iam, functions = boto3.client("iam"), boto3.client("lambda")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="planted", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    made = functions.create_function(
        FunctionName="planted", Runtime="python3.14", Handler="index.handle", Role=role, Timeout=30,
        Code={"ZipFile": zipped({"index.py": REFUSING})},
    )  # fmt: skip
    try:
        yield made["FunctionArn"]
    finally:
        functions.delete_function(FunctionName="planted")
        iam.delete_role(RoleName="planted")


def _remove() -> None:
    """Delete the planted stack; a resource that refuses this too is left where it is, which is nowhere."""
    cloudformation = boto3.client("cloudformation")
    eventually(lambda: stack_status() == "REVIEW_IN_PROGRESS" or not stack_status().endswith("_IN_PROGRESS"))
    cloudformation.delete_stack(StackName=UNUSED_STACK)
    eventually(lambda: stack_status() in ("", "DELETE_FAILED"))
    if stack_status():
        cloudformation.delete_stack(StackName=UNUSED_STACK, RetainResources=["Planted"])
    eventually(lambda: not stack_status())
