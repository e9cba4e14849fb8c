"""Step Functions in the local cloud: what a machine may do, what it is refused for, and whom it tells of its end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.local_cloud import EVERYTHING, LocalCloud, eventually, started

pytestmark = pytest.mark.rehearsal

ECHO = "def handle(event, context):\n    return event\n"
KEEP = """
import json
import boto3

def handle(event, context):
    detail = event["detail"]
    boto3.client("dynamodb").put_item(
        TableName="heard", Item={"id": {"S": detail["name"]}, "detail": {"S": json.dumps(detail)}}
    )
"""
REST = {"Rest": {"Type": "Wait", "Seconds": 60, "End": True}}
INVOKE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Arguments": {"FunctionName": "echo", "Payload": 1},
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam", "lambda_functions", "stepfunctions") as cloud:
        cloud.role("all", "states.amazonaws.com", EVERYTHING)
        cloud.function("echo", ECHO, cloud.role("echo", "lambda.amazonaws.com"))
        yield cloud


def machine(cloud: LocalCloud, name: str, states: dict[str, Any], role: str = "all", **settings: Any) -> str:
    definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **settings}
    arn = f"arn:aws:iam::000000000000:role/{role}"
    states_client = cloud.client("stepfunctions")
    created = states_client.create_state_machine(name=name, roleArn=arn, definition=json.dumps(definition))
    return str(created["stateMachineArn"])


def run(cloud: LocalCloud, name: str, states: dict[str, Any], role: str = "all") -> dict[str, Any]:
    states_client = cloud.client("stepfunctions")
    execution = states_client.start_execution(stateMachineArn=machine(cloud, name, states, role))["executionArn"]

    def look() -> dict[str, Any] | None:
        seen: dict[str, Any] = states_client.describe_execution(executionArn=execution)
        return None if seen["status"] == "RUNNING" else seen

    found: dict[str, Any] = eventually(look)
    return found


def test_a_machine_cannot_invoke_a_function_that_its_role_may_not(cloud: LocalCloud) -> None:
    allowed = "arn:aws:lambda:us-east-1:000000000000:function:another"
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": allowed}
    cloud.role("narrow", "states.amazonaws.com", statement)

    result = run(cloud, "narrow", {"Call": {**INVOKE, "End": True}}, role="narrow")

    assert result["error"] == "Lambda.AWSLambdaException"
    assert re.fullmatch(
        "User: arn:aws:sts::000000000000:assumed-role/narrow/.* is not authorized to perform: lambda:InvokeFunction "
        "on resource: arn:aws:lambda:us-east-1:000000000000:function:echo "
        "because no identity-based policy allows the lambda:InvokeFunction action "
        r"\(Service: Lambda, Status Code: 403, Request ID: \S+\)",
        result["cause"],
    )


def test_a_machine_is_told_that_its_role_is_denied_a_function(cloud: LocalCloud) -> None:
    cloud.role("denied", "states.amazonaws.com", EVERYTHING, {**EVERYTHING, "Effect": "Deny"})

    result = run(cloud, "denied-function", {"Call": {**INVOKE, "End": True}}, role="denied")

    assert "function:echo with an explicit deny in an identity-based policy (Service: Lambda" in result["cause"]


def test_a_function_that_is_not_there_is_named_by_its_arn(cloud: LocalCloud) -> None:
    call = {**INVOKE, "Arguments": {"FunctionName": "nope"}, "End": True}

    result = run(cloud, "no-function", {"Call": call})

    assert result["error"] == "Lambda.ResourceNotFoundException"
    assert re.fullmatch(
        "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nope "
        r"\(Service: Lambda, Status Code: 404, Request ID: \S+\)",
        result["cause"],
    )


def test_a_machine_invokes_the_function_that_its_role_names(cloud: LocalCloud) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:echo"
    cloud.role("exact", "states.amazonaws.com", {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn})

    result = run(cloud, "exact", {"Call": {**INVOKE, "End": True}}, role="exact")

    assert json.loads(result["output"])["Payload"] == 1


def sdk(service: str, action: str, **arguments: Any) -> dict[str, Any]:
    resource = f"arn:aws:states:::aws-sdk:{service}:{action}"
    return {"Call": {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True}}


def test_any_aws_call_is_a_task_with_names_in_pascal_case(cloud: LocalCloud) -> None:
    result = run(cloud, "sdk", sdk("sfn", "describeStateMachine", StateMachineArn=machine(cloud, "seen", REST)))

    answer = json.loads(result["output"])
    assert (answer["Name"], answer["Type"], answer["Status"]) == ("seen", "STANDARD", "ACTIVE")


def test_an_aws_call_is_made_as_the_role_of_the_machine(cloud: LocalCloud) -> None:
    cloud.role("nothing", "states.amazonaws.com")

    result = run(cloud, "denied", sdk("dynamodb", "listTables"), role="nothing")

    assert result["error"] == "DynamoDb.DynamoDbException"
    assert "assumed-role/nothing" in result["cause"]


def test_the_errors_of_a_service_bear_its_name(cloud: LocalCloud) -> None:
    result = run(cloud, "no-table", sdk("dynamodb", "getItem", TableName="none", Key={"id": {"S": "1"}}))

    assert result["error"] == "DynamoDb.ResourceNotFoundException"


def test_an_optimized_integration_is_under_the_role_too(cloud: LocalCloud) -> None:
    cloud.role("mute", "states.amazonaws.com")
    topic = cloud.client("sns").create_topic(Name="page")["TopicArn"]
    states = {
        "Page": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Arguments": {"TopicArn": topic, "Message": {"held": True}},
            "End": True,
        }
    }

    assert run(cloud, "mute", states, role="mute")["error"].startswith("SNS.Authorization")
    assert run(cloud, "loud", states)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("states", "problem"),
    [
        ({"A": {"Type": "Pass", "Next": "B"}}, "Missing 'Next' target: B at /States/A/Next"),
        ({"A": {"Type": "Pass", "Output": "{% 1 + %}", "End": True}}, "INVALID_JSONATA_EXPRESSION"),
        ({"A": {"Type": "Pass", "Parameters": {}, "End": True}}, "field 'Parameters' is only supported for"),
    ],
)
def test_a_wrong_definition_is_refused_when_it_is_created(
    cloud: LocalCloud, states: dict[str, Any], problem: str
) -> None:
    invalid = cloud.client("stepfunctions").exceptions.ClientError

    with pytest.raises(invalid, match="InvalidDefinition") as refusal:
        machine(cloud, "wrong", states)

    assert problem in str(refusal.value)


def test_a_wrong_definition_fails_its_stack(cloud: LocalCloud) -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}
    properties = {"RoleArn": "arn:aws:iam::000000000000:role/all", "DefinitionString": json.dumps(definition)}
    template = {"Resources": {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}
    stacks = cloud.client("cloudformation")
    stacks.create_stack(StackName="wrong", TemplateBody=json.dumps(template))

    reasons = eventually(
        lambda: [
            event["ResourceStatusReason"]
            for event in stacks.describe_stack_events(StackName="wrong")["StackEvents"]
            if event["ResourceStatus"] == "CREATE_FAILED"
        ]
    )

    assert any("MISSING_TRANSITION_TARGET" in reason for reason in reasons)


@pytest.fixture(scope="module")
def heard(cloud: LocalCloud) -> Any:
    """A function that keeps every end of an execution that EventBridge tells it of."""
    cloud.client("dynamodb").create_table(
        TableName="heard",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table = "arn:aws:dynamodb:us-east-1:000000000000:table/heard"
    role = cloud.role(
        "keep", "lambda.amazonaws.com", {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": table}
    )
    arn = cloud.function("keep", KEEP, role, Timeout=10)
    pattern = {"source": ["aws.states"], "detail": {"status": ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]}}
    events = cloud.client("events")
    rule = events.put_rule(Name="ends", EventPattern=json.dumps(pattern))["RuleArn"]
    events.put_targets(Rule="ends", Targets=[{"Id": "1", "Arn": arn}])
    permission = {"StatementId": "1", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    cloud.client("lambda").add_permission(FunctionName="keep", SourceArn=rule, **permission)
    return lambda name: _kept(cloud, name)


def _kept(cloud: LocalCloud, name: str) -> dict[str, Any]:
    dynamodb = cloud.client("dynamodb")
    item = eventually(lambda: dynamodb.get_item(TableName="heard", Key={"id": {"S": name}}).get("Item"))
    detail: dict[str, Any] = json.loads(item["detail"]["S"])
    return detail


FAIL = {"Fail": {"Type": "Fail", "Error": "Gate", "Cause": "closed"}}


@pytest.mark.parametrize(
    ("status", "states", "settings", "told"),
    [
        ("SUCCEEDED", {"Done": {"Type": "Succeed", "Output": "ok"}}, {}, {"output": '"ok"'}),
        ("FAILED", FAIL, {}, {"error": "Gate", "cause": "closed"}),
        ("TIMED_OUT", REST, {"TimeoutSeconds": 1}, {"output": None}),
        ("ABORTED", REST, {}, {"cause": "operator"}),
    ],
)
def test_every_end_of_an_execution_reaches_a_function(
    cloud: LocalCloud, heard: Any, status: str, states: dict[str, Any], settings: dict[str, Any], told: dict[str, Any]
) -> None:
    arn = machine(cloud, f"tells-{status}", states, **settings)
    states_client = cloud.client("stepfunctions")
    execution = states_client.start_execution(stateMachineArn=arn, name=status, input='{"n": 1}')["executionArn"]
    if status == "ABORTED":
        states_client.stop_execution(executionArn=execution, cause="operator")

    detail = heard(status)

    assert (detail["status"], detail["stateMachineArn"], detail["input"]) == (status, arn, '{"n": 1}')
    assert {name: detail[name] for name in told} == told
