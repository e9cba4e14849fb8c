"""Policies that name items and attributes hold in the local cloud (DynamoDB guide, "Fine-grained access control")."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from greenlight_cdk.people_rights import WISH

from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

TABLE = "journal"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with started(tmp_path_factory.mktemp("cloud"), "iam") as cloud:
        cloud.client("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield cloud


def limited(cloud: LocalCloud, name: str, condition: dict[str, Any]) -> Any:
    """A client of a user who may use the table under a condition alone."""
    client = cloud.user("dynamodb", name, ["dynamodb:*"])
    statement = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*", "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud.client("iam").put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)
    return client


@pytest.fixture(scope="module")
def breaker(cloud: LocalCloud) -> Any:
    return limited(cloud, "breaker", dict(WISH))


@pytest.fixture(scope="module")
def switch(cloud: LocalCloud) -> Any:
    return limited(cloud, "switch", {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["switch#*"]}})


def update(key: str, expression: str, **more: Any) -> dict[str, Any]:
    """An update of one item; `abort` is a reserved word, so that it needs a placeholder."""
    named = {"ExpressionAttributeNames": {"#a": "abort"}} if "#a" in expression else {}
    given = {"ExpressionAttributeValues": {":v": {"S": "x"}}, **named}
    return {"TableName": TABLE, "Key": {"pk": {"S": key}}, "UpdateExpression": expression, **given, **more}


ABORT = "SET #a = :v"


@pytest.mark.parametrize(
    "request_",
    [
        update("switch#1", ABORT),
        update("switch#1", ABORT, ConditionExpression="attribute_not_exists(#a) OR attribute_exists(pk)"),
        update("switch#1", ABORT, ReturnValues="UPDATED_NEW"),
    ],
)
def test_what_the_condition_names_is_allowed(breaker: Any, request_: dict[str, Any]) -> None:
    assert breaker.update_item(**request_)["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    "request_",
    [
        update("lock#shop", ABORT),
        update("switch#1", "SET answer = :v"),
        update("switch#1", "SET #a = :v, #o = :v", ExpressionAttributeNames={"#a": "abort", "#o": "outcome"}),
        update("switch#1", "SET #a = :v REMOVE answer.said"),
        update("switch#1", ABORT, ConditionExpression="attribute_exists(answer)"),
        update("switch#1", ABORT, ReturnValues="ALL_OLD"),
    ],
)
def test_what_the_condition_does_not_name_is_denied(breaker: Any, request_: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        breaker.update_item(**request_)


@pytest.mark.parametrize(("key", "denied"), [("switch#1", False), ("live#shop", True)])
@pytest.mark.parametrize("call", ["get_item", "delete_item", "put_item"])
def test_a_call_about_one_item_needs_its_key_to_be_named(switch: Any, call: str, key: str, denied: bool) -> None:
    item = {"Item" if call == "put_item" else "Key": {"pk": {"S": key}}}
    if not denied:
        getattr(switch, call)(TableName=TABLE, **item)
        return
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(switch, call)(TableName=TABLE, **item)


def test_each_part_of_a_transaction_is_about_its_own_item(cloud: LocalCloud, switch: Any) -> None:
    parts = [{"Put": {"TableName": TABLE, "Item": {"pk": {"S": key}}}} for key in ("switch#2", "live#shop")]

    switch.transact_write_items(TransactItems=parts[:1])
    with pytest.raises(ClientError, match="AccessDenied"):
        switch.transact_write_items(TransactItems=parts)


def test_parts_with_rights_of_their_own_go_together(cloud: LocalCloud) -> None:
    """As the switch's roles have them: one statement for each action, and other keys in each."""
    client = cloud.user("dynamodb", "apart", ["dynamodb:*"])
    statements = [
        {
            "Effect": "Allow",
            "Action": f"dynamodb:{action}Item",
            "Resource": "*",
            "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{kind}#*"]}},
        }
        for action, kind in (("Put", "live"), ("Delete", "lock"))
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    cloud.client("iam").put_user_policy(UserName="apart", PolicyName="own", PolicyDocument=document)

    client.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": TABLE, "Item": {"pk": {"S": "live#shop"}}}},
            {"Delete": {"TableName": TABLE, "Key": {"pk": {"S": "lock#shop"}}}},
        ]
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_item(TableName=TABLE, Key={"pk": {"S": "live#shop"}})
