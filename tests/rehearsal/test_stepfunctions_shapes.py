"""AWS calls in Step Functions: every name in PascalCase, whatever the service calls it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest

from greenlight.rehearsal.cloud.stepfunctions.integrations import error_prefix
from greenlight.rehearsal.cloud.stepfunctions.shapes import to_request, to_result

SESSION = botocore.session.Session()


def operation(service: str, name: str) -> Any:
    return SESSION.get_service_model(service).operation_model(name)


def test_parameters_are_named_as_the_service_does() -> None:
    shape = operation("stepfunctions", "StartExecution").input_shape

    request = to_request({"StateMachineArn": "arn", "Input": {"n": 1}}, shape)

    assert request == {"stateMachineArn": "arn", "input": '{"n": 1}'}


def test_the_keys_of_a_map_are_left_alone() -> None:
    shape = operation("dynamodb", "GetItem").input_shape

    assert to_request({"TableName": "t", "Key": {"id": {"S": "1"}}}, shape) == {
        "TableName": "t",
        "Key": {"id": {"S": "1"}},
    }


def test_results_are_named_inerror_prefix_case_and_hold_json_alone() -> None:
    shape = operation("stepfunctions", "DescribeExecution").output_shape
    answer = {"executionArn": "arn", "startDate": datetime(2026, 11, 21, tzinfo=UTC), "ResponseMetadata": {}}

    assert to_result(answer, shape) == {"ExecutionArn": "arn", "StartDate": "2026-11-21T00:00:00.000Z"}


@pytest.mark.parametrize(
    ("service_id", "prefix"),
    [
        ("DynamoDB", "DynamoDb"),
        ("Elastic Load Balancing v2", "ElasticLoadBalancingV2"),
        ("SFN", "Sfn"),
        ("CloudWatch", "CloudWatch"),
        ("SSM", "Ssm"),
    ],
)
def test_errors_bear_the_name_that_the_java_sdk_gives_a_service(service_id: str, prefix: str) -> None:
    assert error_prefix(service_id) == prefix
