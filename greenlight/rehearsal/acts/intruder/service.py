"""A service that misbehaves: it knows what its container knows, and asks for what is none of its business."""

from __future__ import annotations

import contextlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from greenlight.rehearsal.acts.intruder import wording
from greenlight.rehearsal.acts.intruder.page import docker_command
from greenlight.rehearsal.acts.intruder.tries import SECONDS, Prey, Try, asked, called, client

_OPEN = ("AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_REGION", "LANG", "PATH", "TZ")
"""Variables that a service may share with whoever rehearses: they say where it is, and nothing that lets it in."""
_ADDRESS, _TOKEN = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
FORBIDDEN = 403


def tries(prey: Prey) -> Iterator[Try]:
    """With the environment of each process that serves a color."""
    for process in prey.containers:
        with contextlib.suppress(psutil.NoSuchProcess):
            environment = psutil.Process(process).environ()
            yield from _looks_around(environment)
            yield asked("a service: run a container", prey, "POST", "/_greenlight/docker", docker_command(), {})
            yield from _with_no_token(environment)
            credentials = _credentials(environment)
            yield from _with_its_role(prey, credentials)
            yield from wording.tries(prey, credentials)


def _looks_around(environment: Mapping[str, str]) -> Iterator[Try]:
    own_home = os.path.realpath(environment.get("HOME", "")) == os.path.realpath(os.path.expanduser("~"))
    yield Try("a service: the home of whoever rehearses", environment["HOME"] if own_home else "")
    inherited = sorted(name for name in environment.keys() & os.environ.keys() if environment[name] == os.environ[name])
    yield Try("a service: variables of whoever rehearses", ", ".join(name for name in inherited if name not in _OPEN))


def _credentials(environment: Mapping[str, str]) -> tuple[str, str, str]:
    """What the service's SDK is given; what nobody has when it is given nothing."""
    if _ADDRESS not in environment:
        return "none", "none", ""
    token = Path(environment[_TOKEN]).read_text() if _TOKEN in environment else ""
    found = json.loads(_asked_for_credentials(environment, token))
    return found["AccessKeyId"], found["SecretAccessKey"], found["Token"]


def _with_no_token(environment: Mapping[str, str]) -> Iterator[Try]:
    """What the broker of a host gives to whoever shows none, or another one; a task's address is a secret itself."""
    if _TOKEN not in environment:
        return
    for what, token in {"no token": "", "another token": "0" * 64}.items():
        try:
            found = _asked_for_credentials(environment, token)
        except urllib.error.HTTPError as error:
            found = "" if error.code == FORBIDDEN else str(error)
        yield Try(f"a service: credentials for {what}", found)


def _asked_for_credentials(environment: Mapping[str, str], token: str) -> str:
    request = urllib.request.Request(environment[_ADDRESS], headers={"Authorization": token} if token else {})
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return str(answer.read().decode())


def _with_its_role(prey: Prey, credentials: tuple[str, str, str]) -> Iterator[Try]:
    def of(service: str) -> Any:
        return client(service, prey, *credentials)

    item = {"pk": {"S": "live#shop"}, "sk": {"S": "live"}}
    wanted = {
        "move all traffic": lambda: of("elbv2").modify_rule(RuleArn=prey.rule_arn, Actions=prey.actions),
        "delete the rule": lambda: of("elbv2").delete_rule(RuleArn=prey.rule_arn),
        "start a switch": lambda: of("stepfunctions").start_execution(stateMachineArn=prey.state_machine, input="{}"),
        "write in the journal": lambda: of("dynamodb").put_item(TableName=prey.table, Item=item),
        "read the journal": lambda: of("dynamodb").scan(TableName=prey.table),
        "change the host's script": lambda: of("ssm").update_document(Name=prey.document, Content="{}"),
        "run a command on the host": lambda: of("ssm").send_command(DocumentName="AWS-RunShellScript"),
        "tell people lies": lambda: of("sns").publish(TopicArn=prey.topic, Message="all is well"),
        "read secrets": lambda: of("secretsmanager").list_secrets(),
        "look for logs of the other color": lambda: of("logs").describe_log_groups(),
        "pull images": lambda: of("ecr").get_authorization_token(),
        "give itself more rights": lambda: of("iam").create_user(UserName="intruder"),
    }
    for what, call in wanted.items():
        yield called(f"a service: {what}", call)
    for name in prey.functions:
        yield called(f"a service: call {name}", partial(of("lambda").invoke, FunctionName=name, Payload=b"{}"))
