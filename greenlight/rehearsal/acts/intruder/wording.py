"""A service that words its calls so that one action is checked and another one done. No SDK sends such requests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.acts.intruder.tries import Prey, Try, asked

_PLAIN = {"Content-Type": "text/plain"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON = "application/x-amz-json-1.1"


@dataclass(frozen=True)
class Worded:
    """One request: what it is signed for, and how it is sent."""

    what: str
    service: str
    path: str = "/"
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"


def tries(prey: Prey, credentials: tuple[str, str, str]) -> Iterator[Try]:
    """Each of them with a valid signature of credentials that have no such right."""
    for each in worded(prey):
        yield asked(f"a service: {each.what}", prey, each.method, each.path, each.body, signed(prey, each, credentials))


def worded(prey: Prey) -> Iterator[Worded]:
    """Requests in which the body's type, the query or the path says something else than the body."""
    user = _form("CreateUser", "2010-05-08", UserName="intruder")
    yield Worded("create a user, as text", "iam", body=user, headers=_PLAIN)
    yield Worded("create a user, without a type", "iam", body=user)
    rule = _form("ModifyRule", "2015-12-01", RuleArn=prey.rule_arn)
    yield Worded("change the rule, as text", "elasticloadbalancing", body=rule, headers=_PLAIN)
    role = {"RoleArn": "arn:aws:iam::000000000000:role/any", "RoleSessionName": "intruder"}
    assume = _form("AssumeRole", "2011-06-15", **role)
    yield Worded("take a role, behind another action", "sts", "/?Action=GetCallerIdentity", assume, _FORM)
    allowed = _target("AWSSecurityTokenServiceV20110615.GetCallerIdentity")
    yield Worded(
        "take a role, in JSON", "sts", body=json.dumps({"Action": "AssumeRole", **role}).encode(), headers=allowed
    )
    parameter = json.dumps({"Name": "/x", "Value": "x", "Type": "String"}).encode()
    behind = "/?Action=UpdateInstanceInformation"
    yield Worded("write a parameter", "ssm", behind, parameter, _target("AmazonSSM.PutParameter"))
    command = json.dumps({"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-1"]}).encode()
    yield Worded("run a command", "ssm", behind, command, _target("AmazonSSM.SendCommand"))
    rows = json.dumps({"TableName": "carts", "RequestItems": {prey.table: []}}).encode()
    yield Worded("write the journal", "dynamodb", "/?Action=PutItem", rows, _target("DynamoDB_20120810.BatchWriteItem"))
    for name in prey.functions[:3]:
        path = f"/2021-11-15/functions/{name}/response-streaming-invocations"
        yield Worded(f"call {name}, streaming", "lambda", path)
    yield Worded("list the registry", "ecr", "/v2/_catalog", b"", method="GET")
    yield Worded("push an image", "ecr", "/v2/greenlight/shop/manifests/9.9.9", method="PUT")
    yield Worded("list the services", "s3", "/_localstack/health", b"", method="GET")


def signed(prey: Prey, asked_for: Worded, credentials: tuple[str, str, str]) -> Mapping[str, str]:
    """The headers of a request, its signature included."""
    headers = {"Host": f"127.0.0.1:{prey.port}", **asked_for.headers}
    url = f"{prey.endpoint}{asked_for.path}"
    request = AWSRequest(method=asked_for.method, url=url, data=asked_for.body, headers=headers)
    access_key, secret, token = credentials
    SigV4Auth(Credentials(access_key, secret, token or None), asked_for.service, REGION).add_auth(request)
    return dict(request.headers)


def _target(name: str) -> Mapping[str, str]:
    return {"Content-Type": _JSON, "X-Amz-Target": name}


def _form(action: str, version: str, **parameters: str) -> bytes:
    return urlencode({"Action": action, "Version": version, **parameters}).encode()
