"""Which requests CloudFormation may have sent for the one stack that may ask."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_switch.errors import ForgedError
from traffic_switch.origin import authenticate, own_stack

MACHINE = "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:Greenlight-1"
STACK = "arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/GreenlightRelease/"
EVENT: dict[str, Any] = {"StackId": f"{STACK}1-2-3", "ResponseURL": "https://cloudformation/answer?secret"}


def says(event: dict[str, Any]) -> str:
    """Why a request is refused."""
    with pytest.raises(ForgedError) as refused:
        authenticate(event, STACK, lambda url: url == EVENT["ResponseURL"])
    return str(refused.value)


def test_the_own_stack_is_in_the_account_and_region_of_the_state_machine() -> None:
    assert own_stack(MACHINE, "GreenlightRelease") == STACK


def test_a_request_of_the_own_stack_passes() -> None:
    authenticate(EVENT, STACK, lambda url: url == EVENT["ResponseURL"])


@pytest.mark.parametrize("stack", [STACK[:-1], f"x{STACK}1", "", None, 7, f"{STACK[:-1]}2/1"])
def test_a_request_of_another_stack_is_refused(stack: object) -> None:
    assert says({**EVENT, "StackId": stack}).endswith(f", and only {STACK}... may ask")


def test_a_request_without_a_stack_is_refused() -> None:
    assert says({}) == f"the request is of the stack (none), and only {STACK}... may ask"


def test_where_a_forged_request_is_to_be_answered_is_not_told() -> None:
    assert "evil" not in says({**EVENT, "ResponseURL": "https://evil.example/"})
    assert says({"StackId": EVENT["StackId"]}).startswith("the request is to be answered at a place that is not")
