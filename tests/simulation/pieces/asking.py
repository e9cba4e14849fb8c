"""Events of CloudFormation, and Request on the bench."""

from __future__ import annotations

from typing import Any

from tests.simulation.cloudformation.deployments import RELEASE as RELEASE_STACK
from tests.simulation.functions import Invocation
from tests.simulation.pieces.workbench import Workbench
from tests.simulation.web import ANSWER_HOST

SERVICES = "the services are shop"
PROPERTIES = {"Service": "shop", "Color": "green", "Version": "v2", "ServiceToken": "arn"}
BLUE_PROPERTIES = {**PROPERTIES, "Color": "blue", "Version": "v1"}
SWAPPED: dict[str, Any] = {"ResourceProperties": BLUE_PROPERTIES, "OldResourceProperties": PROPERTIES}
"""What the rollback of a release of green asks for."""


def stack_id(bench: Workbench) -> str:
    """The id of the stack that may ask."""
    found: str = bench.greenlight.stacks.all[RELEASE_STACK].id
    return found


def enter(bench: Workbench, status: str) -> None:
    """The stack takes on a status."""
    stack = bench.greenlight.stacks.all[RELEASE_STACK]
    stack.status = status
    stack.history.append((bench.cloud.kernel.time, status))


def event(bench: Workbench, kind: str = "Update", request_id: str = "r1", **changes: Any) -> dict[str, Any]:
    """What CloudFormation sends; None takes something away."""
    full = {
        "RequestType": kind,
        "RequestId": request_id,
        "ResponseURL": f"https://{ANSWER_HOST}/{request_id}",
        "StackId": stack_id(bench),
        "LogicalResourceId": "ShopRelease",
        "ResourceProperties": PROPERTIES,
        **({"OldResourceProperties": BLUE_PROPERTIES} if kind == "Update" else {}),
        **changes,
    }
    return {name: value for name, value in full.items() if value is not None}


def sent(bench: Workbench, given: dict[str, Any]) -> Invocation:
    return bench.cloud.functions.invoke("Request", given)


def answered(bench: Workbench, given: dict[str, Any]) -> dict[str, Any]:
    """The one answer that a request gets at once."""
    invocation = sent(bench, given)
    assert invocation.result == {"received": True}
    ((answer,),) = bench.cloud.answers.values()
    return answer
