"""Answers to custom resource requests, as CloudFormation reads them."""

from __future__ import annotations

from typing import Any

import pytest

from greenlight.rehearsal.cloud.cloudformation.response import Answered, CustomResourceError, read

REQUEST = {"StackId": "stack", "RequestId": "r-1", "LogicalResourceId": "Release"}


def response(**changes: Any) -> dict[str, Any]:
    return {**REQUEST, "Status": "SUCCESS", "PhysicalResourceId": "rule", "Data": {"Color": "green"}, **changes}


def test_a_success_has_an_id_and_data() -> None:
    assert read(response(), REQUEST) == Answered("rule", {"Color": "green"})


def test_a_failure_keeps_its_reason_and_its_id() -> None:
    with pytest.raises(CustomResourceError, match=r"Message returned: gate closed \(RequestId: r-1\)") as failure:
        read(response(Status="FAILED", Reason="gate closed"), REQUEST)

    assert failure.value.physical_id == "rule"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"RequestId": "r-0"}, "RequestId is 'r-0', it must be 'r-1'"),
        ({"StackId": None}, "StackId is None, it must be 'stack'"),
        ({"Status": "OK"}, "Status is 'OK', it must be SUCCESS or FAILED"),
        ({"PhysicalResourceId": ""}, "Invalid PhysicalResourceId"),
        ({"Data": {"log": "x" * 4096}}, "Response object is too long: 4"),
    ],
)
def test_what_cloudformation_does_not_accept_fails_the_resource(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(CustomResourceError, match=problem):
        read(response(**changes), REQUEST)
