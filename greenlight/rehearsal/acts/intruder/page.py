"""A page in the browser of whoever rehearses: it can send forms and simple requests to any port of this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from greenlight.rehearsal.acts.intruder.tries import Prey, Try, asked

_SITE = "https://attacker.example"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_KEY = "AWSAccessKeyId=test"
"""ministack's own key, which is root where nobody asks for a signature."""
_PLAIN = {"Content-Type": "text/plain"}


def tries(prey: Prey) -> Iterator[Try]:
    """Everything twice: as a page of another site, and after its name was bound to 127.0.0.1."""
    disguises = {
        "a page": {"Origin": _SITE, "Sec-Fetch-Site": "cross-site"},
        "a page in a sandbox": {"Origin": "null"},
        "a page whose name was rebound": {"Host": "attacker.example"},
        "an old browser": {},
    }
    for who, headers in disguises.items():
        for what, method, path, body, kind in requests(prey):
            yield asked(f"{who}: {what}", prey, method, path, body, {**kind, **headers})


def requests(prey: Prey) -> Iterator[tuple[str, str, str, bytes, dict[str, str]]]:
    """What, method, path, body and headers of each request; a browser can send them without asking anybody."""
    yield "start an instance with its own script", "POST", "/", _launch(), _FORM
    yield "start one with a key in the address", "POST", f"/?{_KEY}", _launch(), _FORM
    yield "move all traffic", "POST", "/", _form("ModifyRule", "2015-12-01", RuleArn=prey.rule_arn), _FORM
    started = json.dumps({"stateMachineArn": prey.state_machine, "input": "{}"}).encode()
    yield "start a switch", "POST", "/", started, {**_PLAIN, "X-Amz-Target": "AWSStepFunctions.StartExecution"}
    yield "run a container", "POST", "/_greenlight/docker", docker_command(), _PLAIN
    route = json.dumps({"target": "i-1", "port": 3000, "real_port": 1}).encode()
    yield "lead a target elsewhere", "PUT", "/_greenlight/routes", route, _PLAIN
    yield "stop an execution", "PUT", "/_greenlight/stops", b'{"state": "Bake", "cause": "x"}', _PLAIN
    yield "read what people were told", "GET", "/_greenlight/messages", b"", {}
    yield "read what is deployed", "GET", "/_greenlight/edge", b"", {}
    yield "empty the cloud", "POST", "/_ministack/reset", b"", {}


def _launch() -> bytes:
    wanted = {"MinCount": "1", "MaxCount": "1", "ImageId": "ami-1", "UserData": "IyEvYmluL3No"}
    return _form("RunInstances", "2016-11-15", **wanted)


def docker_command() -> bytes:
    """A command for the docker of some host."""
    return json.dumps({"host": "i-1", "arguments": ["ps"]}).encode()


def _form(action: str, version: str, **parameters: str) -> bytes:
    return urlencode({"Action": action, "Version": version, **parameters}).encode()
