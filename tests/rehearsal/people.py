"""What people do, each deed as the call or the command that it is; docs/access.md says who may."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from click.testing import CliRunner
from greenlight_cdk.names import PRODUCTION, StackKind
from traffic_switch.contract import PREVIEW_STAGE
from traffic_switch.errors import JournalAwayError

from greenlight import denial
from greenlight.cli import commands
from greenlight.commands.doctor import examination
from greenlight.deployed import Deployed
from greenlight.doctor.finding import Status
from greenlight.project import Project
from greenlight.rehearsal.account import ACCOUNT, REGION

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
RUN = "0f5bdf4e-5b1e-4b5c-9d3a-1f0c8a9e7d21"
"""A run of the pipeline that is not there: who may ask is asked first."""
PREFIXES = {"monitoring": "cloudwatch"}
"""Names that requests are signed with, where IAM has others."""
ACTIONS = {"HeadBucket": "s3:ListBucket", "Invoke": "lambda:InvokeFunction"}
"""Operations that are allowed by an action of another name (S3 and Lambda API references)."""


class DeniedError(Exception):
    """IAM did not let somebody do something."""


@dataclass(frozen=True)
class Scene:
    """A system that is deployed, with its people's roles, as whoever tries something finds it."""

    folder: Path

    def output(self, stack: StackKind, key: str) -> str:
        """An output of a stack, read by whoever is asked for at the moment."""
        return Deployed().edge.output(key) if stack == "Edge" else _outputs(PRODUCTION.stack(stack))[key]

    def physical(self, stack: StackKind, kind: str, name: str = "") -> str:
        """The physical id of a stack's resource of a type whose logical id begins so."""
        listed = boto3.client("cloudformation").describe_stack_resources(StackName=PRODUCTION.stack(stack))
        return next(
            each["PhysicalResourceId"]
            for each in listed["StackResources"]
            if each["ResourceType"] == f"AWS::{kind}" and each["LogicalResourceId"].startswith(name)
        )


@dataclass(frozen=True)
class Places:
    """What the deeds are about, found before by somebody who may look."""

    journal: str
    requests: str
    unasked: str
    secret: str
    service_secret: str
    request_function: str
    preview_function: str
    machine: str
    rule: str
    switch: str
    document: str
    instance: str

    @classmethod
    def of(cls, scene: Scene) -> Places:
        """Look as the operator."""
        listener = scene.output("Edge", "ListenerArn")
        rules = boto3.client("elbv2").describe_rules(ListenerArn=listener)["Rules"]
        last = Deployed().journal.newest("shop")
        assert last
        return cls(
            journal=scene.physical("Data", "DynamoDB::Table", "Journal"),
            requests=scene.physical("Data", "DynamoDB::Table", "Requests"),
            unasked=scene.physical("Switch", "SQS::Queue", "SwitchUnasked"),
            secret=scene.physical("Edge", "SecretsManager::Secret"),
            service_secret=scene.physical("Data", "SecretsManager::Secret"),
            request_function=scene.output("Switch", "RequestFunctionName"),
            preview_function=scene.output("Edge", "PreviewFunctionName"),
            machine=scene.output("Switch", "StateMachineArn"),
            rule=next(each["RuleArn"] for each in rules if each["Priority"] == "100"),
            switch=last.switch.id,
            document=PRODUCTION.run_document,
            instance=scene.physical("Ec2Host", "EC2::Instance"),
        )

    @property
    def execution(self) -> str:
        """The newest switch's."""
        return f"{self.machine.replace(':stateMachine:', ':execution:')}:{self.switch}"


Deed = Callable[[Scene, Places], None]


def _outputs(stack: str) -> dict[str, str]:
    found = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return {each["OutputKey"]: each["OutputValue"] for each in found}


def typed(*words: str, answer: str = "", expected: str = "") -> Deed:
    """A command of ours, which has to end well, or to say something."""

    def deed(_scene: Scene, _places: Places) -> None:
        ended = CliRunner().invoke(commands, list(words), input=answer)
        if expected and expected in ended.output:
            return
        if ended.exit_code:
            raise DeniedError(f"{ended.output} {ended.exception}")

    return deed


def called(service: str, operation: str, request: Callable[[Places], Mapping[str, Any]]) -> Deed:
    """One call of AWS. What AWS says of a call that it lets pass does not matter."""

    def deed(_scene: Scene, places: Places) -> None:
        client: Any = boto3.client(service)  # type: ignore[call-overload]
        try:
            getattr(client, operation)(**request(places))
        except ClientError as error:
            if denial.is_denial(error):
                raise DeniedError(str(error)) from error

    return deed


def look_with_the_doctor(scene: Scene, _places: Places) -> None:
    """Nothing may be unchecked for want of a permission."""
    findings = [one for each in examination(Project(scene.folder)) for one in each.findings]
    if denied := [one.said for one in findings if one.status is not Status.OK and "do not allow" in one.said]:
        raise DeniedError("; ".join(denied))


def abort(_scene: Scene, places: Places) -> None:
    """What `greenlight abort` writes; no switch runs that it could be about."""
    try:
        Deployed().journal.ask_to_abort(places.switch, "drill")
    except JournalAwayError as error:
        raise DeniedError(str(error)) from error


def take(role: str) -> Deed:
    """A role of the bootstrap."""
    name = f"cdk-hnb659fds-{role}-role-{ACCOUNT}-{REGION}"
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return called("sts", "assume_role", lambda _: {"RoleArn": arn, "RoleSessionName": "try"})


def _item(table: str, **more: Any) -> dict[str, Any]:
    return {"TableName": table, **more}


def _wish(places: Places) -> dict[str, Any]:
    names, values = {"#a": "answer"}, {":v": {"S": "{}"}}
    return {
        "TableName": places.journal,
        "Key": {"pk": {"S": f"switch#{places.switch}"}},
        "UpdateExpression": "SET #a = :v",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def _command(places: Places) -> dict[str, Any]:
    return {"InstanceIds": [places.instance], "DocumentName": places.document}


def _both(*deeds: Deed) -> Deed:
    """Several deeds of one sentence: whoever may not do it may do none of them."""

    def deed(scene: Scene, places: Places) -> None:
        denied = []
        for each in deeds:
            try:
                each(scene, places)
            except DeniedError as error:
                denied.append(str(error))
        if len(denied) == len(deeds):
            raise DeniedError("; ".join(denied))

    return deed


def _all(*deeds: Deed) -> Deed:
    """Several deeds that make one: whoever may not do one of them may not do it."""

    def deed(scene: Scene, places: Places) -> None:
        for each in deeds:
            each(scene, places)

    return deed


def _pipeline(_places: Places, **more: str) -> dict[str, Any]:
    return {"pipelineName": PRODUCTION.pipeline, **more}


DEEDS: Mapping[str, Deed] = {
    "see what is live, and how both colors are": typed("status", "--json"),
    "see what was released": typed("history", "--json"),
    "see where the pipeline stands": _all(
        typed("pipeline", "status", expected="does not exist here"),
        called("codepipeline", "list_action_executions", _pipeline),
        called("codepipeline", "get_pipeline_execution", lambda places: _pipeline(places, pipelineExecutionId=RUN)),
    ),
    "see what a release would do": typed("release", "2.0.0", answer="n\n", expected="Go on?"),
    "have the doctor look at everything": look_with_the_doctor,
    "release a version, or go back": take("deploy"),
    "upload templates": take("file-publishing"),
    "abort a release": abort,
    "have the rule repaired": called(
        "lambda",
        "invoke",
        lambda places: {"FunctionName": places.request_function, "Payload": b'{"RequestType": "Repair"}'},
    ),
    "have the preview secret rotated": called(
        "lambda", "invoke", lambda places: {"FunctionName": places.preview_function, "Payload": b"{}"}
    ),
    "stop an execution of the switch": called(
        "stepfunctions", "stop_execution", lambda places: {"executionArn": places.execution}
    ),
    "cancel the update of the release stack": called(
        "cloudformation", "cancel_update_stack", lambda _: {"StackName": PRODUCTION.stack("Release")}
    ),
    "read an address at which CloudFormation waits for an answer": _both(
        called("dynamodb", "get_item", lambda places: _item(places.requests, Key={"pk": {"S": "request#1"}})),
        called("dynamodb", "scan", lambda places: _item(places.requests)),
        called("sqs", "receive_message", lambda places: {"QueueUrl": places.unasked}),
    ),
    "read the preview secret where it is kept": called(
        "secretsmanager",
        "get_secret_value",
        lambda places: {"SecretId": places.secret, "VersionStage": PREVIEW_STAGE},
    ),
    "read or write a secret of a service": _both(
        called("secretsmanager", "get_secret_value", lambda places: {"SecretId": places.service_secret}),
        called(
            "secretsmanager",
            "put_secret_value",
            lambda places: {"SecretId": places.service_secret, "SecretString": "x"},
        ),
    ),
    "start an execution of the switch": called(
        "stepfunctions", "start_execution", lambda places: {"stateMachineArn": places.machine, "input": "{}"}
    ),
    "write or delete the production rule": _both(
        called("elbv2", "modify_rule", lambda places: {"RuleArn": places.rule, "Actions": []}),
        called("elbv2", "delete_rule", lambda places: {"RuleArn": places.rule}),
    ),
    "write what is live into the journal": called(
        "dynamodb", "update_item", lambda places: {**_wish(places), "Key": {"pk": {"S": "live#shop"}}}
    ),
    "free a lock": called(
        "dynamodb", "delete_item", lambda places: _item(places.journal, Key={"pk": {"S": "lock#shop"}})
    ),
    "write an answer into a switch's item": called("dynamodb", "update_item", _wish),
    "change what the host runs": _both(
        called("ssm", "put_parameter", lambda _: {"Name": "/greenlight/shop/blue", "Value": "x", "Overwrite": True}),
        called("ssm", "update_document", lambda places: {"Name": places.document, "Content": "{}"}),
        called("ssm", "send_command", _command),
    ),
    "delete or update a stack with their own credentials": _both(
        called("cloudformation", "delete_stack", lambda _: {"StackName": "GreenlightNone"}),
        called(
            "cloudformation", "update_stack", lambda _: {"StackName": "GreenlightNone", "UsePreviousTemplate": True}
        ),
    ),
    "take the role with which CloudFormation makes resources": take("cfn-exec"),
}
"""Every sentence but the approver's: nothing here waits for an answer."""


@contextmanager
def being(credentials: Mapping[str, str]) -> Iterator[None]:
    """Let every client have these credentials."""
    before = {name: os.environ.get(name) for name in CREDENTIALS}
    _become(credentials)
    try:
        yield
    finally:
        _become({name: value for name, value in before.items() if value})


def _become(credentials: Mapping[str, str]) -> None:
    for name in CREDENTIALS:
        os.environ.pop(name, None)
    os.environ.update(credentials)
    boto3.setup_default_session()


def session_of(role_arn: str, *, without: tuple[str, str] | None = None) -> Mapping[str, str]:
    """A role's credentials; `without` takes one action on one resource away."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    taken = [{"Effect": "Deny", "Action": without[0], "Resource": without[1]}] if without else []
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything, *taken]})
    given = boto3.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="person", Policy=policy)["Credentials"]
    return dict(zip(CREDENTIALS, (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]), strict=True))


@contextmanager
def noting() -> Iterator[set[str]]:
    """The actions that every client asks AWS for meanwhile."""
    asked: set[str] = set()
    send = BaseClient._make_request  # type: ignore[attr-defined]

    def note(client: Any, operation: OperationModel, *rest: Any) -> Any:
        prefix = PREFIXES.get(operation.service_model.signing_name, operation.service_model.signing_name)
        asked.add(ACTIONS.get(operation.name, f"{prefix}:{operation.name}"))
        return send(client, operation, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_request", note)
        yield asked
