"""A principal of the account who may start executions and call functions, and so has two rights that look harmless."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError

from greenlight.rehearsal.acts.intruder.tries import Prey, Try, client
from greenlight.waiting import awaited

_NAME = "intruder"
_RIGHTS = {"Effect": "Allow", "Action": ["states:StartExecution", "lambda:InvokeFunction"], "Resource": "*"}
_SECONDS = 60.0


def tries(prey: Prey, operator: Any) -> Iterator[Try]:
    """Forged executions, and forged events for the switch's functions. `operator` makes clients of whoever rehearses.

    IAM refuses nothing here. An execution must fail; of a call it counts alone what it changed, which the act looks at.
    """
    states = operator("stepfunctions")
    forged = dict(_forged(_last_input(states, prey.state_machine)))
    with _user(operator("iam")) as (access_key, secret):
        own = client("stepfunctions", prey, access_key, secret)
        for number, (what, given) in enumerate(forged.items()):
            wanted = {"stateMachineArn": prey.state_machine, "name": f"forged-{number}", "input": json.dumps(given)}
            yield Try(f"start {what}", _succeeded(states, own.start_execution(**wanted)["executionArn"]))
        functions = client("lambda", prey, access_key, secret)
        for name in prey.functions:
            for event in _events(forged["a removal"], operator("cloudformation"), prey.release_stack):
                _call(functions, name, event)
            yield Try(f"call {name}")


def _forged(real: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    other = "green" if real["color"] == "blue" else "blue"
    yield "a switch that ended, once more", real
    yield "a removal", {**real, "mode": "remove"}
    yield "a release of the other color", {**real, "mode": "release", "color": other}
    yield "a switch of its own", {**real, "switch_id": "nobody-asked", "mode": "remove"}
    yield "nothing", {}


def _events(switch: Mapping[str, Any], stacks: Any, release_stack: str) -> Iterator[Mapping[str, Any]]:
    """As the state machine calls its tasks, as CloudFormation asks for a removal, and as a queue tells of a failure."""
    yield {"switch": switch, "execution": switch["switch_id"], "hold": {"switch_id": switch["switch_id"], "epoch": 1}}
    stack = stacks.describe_stacks(StackName=release_stack)["Stacks"][0]["StackId"]
    properties = {"Service": switch["service"]}
    yield {"RequestType": "Delete", "StackId": stack, "RequestId": "forged", "ResourceProperties": properties}
    detail = {
        "name": switch["switch_id"],
        "status": "ABORTED",
        "input": json.dumps(switch),
        "executionArn": "arn:forged",
    }
    record = {"body": json.dumps({"detail": detail}), "attributes": {"ApproximateReceiveCount": "1"}}
    yield {"Records": [record]}


def _last_input(states: Any, machine: str) -> Mapping[str, Any]:
    newest = states.list_executions(stateMachineArn=machine, maxResults=1)["executions"][0]
    found: Mapping[str, Any] = json.loads(states.describe_execution(executionArn=newest["executionArn"])["input"])
    return found


def _succeeded(states: Any, execution: str) -> str:
    """How a forged execution ended, if it was not by failing."""
    ended = awaited(lambda: _status(states, execution), lambda status: status != "RUNNING", _SECONDS, 0.1)
    return "" if ended == "FAILED" else f"it ended as {ended}"


def _status(states: Any, execution: str) -> str:
    return str(states.describe_execution(executionArn=execution)["status"])


def _call(functions: Any, name: str, event: Mapping[str, Any]) -> None:
    """A function that takes longer than the client waits goes on all the same."""
    with contextlib.suppress(BotoCoreError):
        functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())


@contextmanager
def _user(iam: Any) -> Iterator[tuple[str, str]]:
    iam.create_user(UserName=_NAME)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [_RIGHTS]})
    iam.put_user_policy(UserName=_NAME, PolicyName="harmless", PolicyDocument=policy)
    key = iam.create_access_key(UserName=_NAME)["AccessKey"]
    try:
        yield key["AccessKeyId"], key["SecretAccessKey"]
    finally:
        iam.delete_access_key(UserName=_NAME, AccessKeyId=key["AccessKeyId"])
        iam.delete_user_policy(UserName=_NAME, PolicyName="harmless")
        iam.delete_user(UserName=_NAME)
