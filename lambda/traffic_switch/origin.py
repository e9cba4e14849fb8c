"""Whether a request comes from CloudFormation, for the one stack that may ask this Greenlight. Pure.

Whoever may invoke the Request function could otherwise release or remove what he likes with an event of his own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from traffic_switch.errors import ForgedError


def own_stack(machine_arn: str, name: str) -> str:
    """What the id of a stack begins with that is in the state machine's account and region.

    The id goes on with a part that CloudFormation makes up when the stack is created.
    """
    _, partition, _, region, account, *_ = machine_arn.split(":")
    return f"arn:{partition}:cloudformation:{region}:{account}:stack/{name}/"


def authenticate(event: Mapping[str, Any], stack: str, is_cloudformations: Callable[[str], bool]) -> None:
    """Let pass what CloudFormation may have sent.

    Raises:
        ForgedError: it is of another stack, or it is to be answered at another place. The place is a secret, and is
            not told.
    """
    asked = str(event.get("StackId", ""))
    if not asked.startswith(stack):
        raise ForgedError(f"the request is of the stack {asked or '(none)'}, and only {stack}... may ask")
    if not is_cloudformations(str(event.get("ResponseURL"))):
        raise ForgedError("the request is to be answered at a place that is not CloudFormation's")
