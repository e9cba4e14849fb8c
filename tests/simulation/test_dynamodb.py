"""DynamoDB's items and updates as the guide documents them (Working with items, Update expressions)."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.simulation.cloud import JOURNAL, Cloud

KEY = {"pk": {"S": "a"}}


def code(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(TableName=JOURNAL, **parameters)
    return str(refused.value.response["Error"]["Code"])


def updated(db: Any, expression: str, values: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    if values is not None:
        more["ExpressionAttributeValues"] = values
    reply: dict[str, Any] = db.update_item(TableName=JOURNAL, Key=KEY, UpdateExpression=expression, **more)
    return reply


def test_an_item_that_is_not_there_leaves_item_out_of_the_reply(db: Any) -> None:
    assert "Item" not in db.get_item(TableName=JOURNAL, Key=KEY)


def test_an_item_is_read_as_it_was_put(db: Any) -> None:
    item = {**KEY, "m": {"M": {"l": {"L": [{"S": "x"}, {"NULL": True}]}}}, "flag": {"BOOL": False}}
    db.put_item(TableName=JOURNAL, Item=item)
    assert db.get_item(TableName=JOURNAL, Key=KEY, ConsistentRead=True)["Item"] == item


def test_numbers_come_back_without_zeros_that_say_nothing(db: Any) -> None:
    db.put_item(TableName=JOURNAL, Item={**KEY, "at": {"N": "017.500"}, "n": {"N": "100"}})
    item = db.get_item(TableName=JOURNAL, Key=KEY, ConsistentRead=True)["Item"]
    assert (item["at"], item["n"]) == ({"N": "17.5"}, {"N": "100"})


def test_what_a_caller_does_to_an_item_does_not_reach_the_table(db: Any) -> None:
    db.put_item(TableName=JOURNAL, Item={**KEY, "m": {"M": {"x": {"S": "1"}}}})
    db.get_item(TableName=JOURNAL, Key=KEY, ConsistentRead=True)["Item"]["m"]["M"].clear()
    assert db.get_item(TableName=JOURNAL, Key=KEY, ConsistentRead=True)["Item"]["m"] == {"M": {"x": {"S": "1"}}}


def test_an_update_makes_an_item_that_is_not_there(cloud: Cloud, db: Any) -> None:
    updated(db, "SET x = :one", {":one": {"N": "1"}})
    assert cloud.item("a") == {"pk": "a", "x": 1}


def test_if_not_exists_sets_an_attribute_once(db: Any) -> None:
    for value in ("first", "second"):
        reply = updated(db, "SET x = if_not_exists(x, :v)", {":v": {"S": value}}, ReturnValues="UPDATED_NEW")
    assert reply["Attributes"] == {"x": {"S": "first"}}


def test_every_right_side_sees_the_item_as_it_was(cloud: Cloud, db: Any) -> None:
    db.put_item(TableName=JOURNAL, Item={**KEY, "x": {"N": "1"}, "y": {"N": "2"}})
    updated(db, "SET x = y, y = x")
    assert cloud.item("a") == {"pk": "a", "x": 2, "y": 1}


def test_an_update_counts_and_removes_at_once(cloud: Cloud, db: Any) -> None:
    db.put_item(TableName=JOURNAL, Item={**KEY, "epoch": {"N": "1"}, "debt": {"S": "x"}})
    updated(db, "SET epoch = epoch + :one REMOVE debt, never_there", {":one": {"N": "1"}})
    assert cloud.item("a") == {"pk": "a", "epoch": 2}


def test_a_path_inside_a_map_can_be_set(cloud: Cloud, db: Any) -> None:
    db.put_item(TableName=JOURNAL, Item={**KEY, "m": {"M": {"x": {"S": "1"}}}})
    updated(db, "SET m.y = :v REMOVE m.x", {":v": {"S": "2"}})
    assert cloud.item("a") == {"pk": "a", "m": {"y": "2"}}


def test_counting_what_is_not_there_is_refused(db: Any) -> None:
    values = {":one": {"N": "1"}}
    said = code(db.update_item, Key=KEY, UpdateExpression="SET x = x + :one", ExpressionAttributeValues=values)
    assert said == "ValidationException"


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("SET x = :v, x = :v", "overlap"),
        ("SET m = :v, m.y = :v", "overlap"),
        ("SET pk = :v", "part of the key"),
        ("SET x = :v SET y = :v", "only be used once"),
        ("SET owner = :v", "reserved keyword"),
        ("SET a.b = :v", "invalid for update"),
        ("SET x :v", "Syntax error"),
    ],
)
def test_an_update_that_aws_refuses_is_refused(db: Any, expression: str, what: str) -> None:
    with pytest.raises(ClientError, match=what):
        updated(db, expression, {":v": {"S": "x"}})


def test_a_value_that_no_expression_uses_is_refused(db: Any) -> None:
    with pytest.raises(ClientError, match=r"unused in expressions: keys: \{:b\}"):
        updated(db, "SET x = :a", {":a": {"S": "1"}, ":b": {"S": "2"}})


def test_a_name_that_no_expression_uses_is_refused(db: Any) -> None:
    names = {"#x": "x", "#y": "y"}
    with pytest.raises(ClientError, match=r"ExpressionAttributeNames unused in expressions: keys: \{#y\}"):
        updated(db, "SET #x = :a", {":a": {"S": "1"}}, ExpressionAttributeNames=names)


def test_a_value_that_is_used_but_not_given_is_refused(db: Any) -> None:
    with pytest.raises(ClientError, match="not defined; attribute value: :b"):
        updated(db, "SET x = :b", {":a": {"S": "1"}})


def test_a_failed_condition_shows_the_item_if_asked(db: Any) -> None:
    db.put_item(TableName=JOURNAL, Item={**KEY, "owner": {"S": "me"}})
    with pytest.raises(db.exceptions.ConditionalCheckFailedException) as refused:
        db.put_item(
            TableName=JOURNAL,
            Item=KEY,
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refused.value.response["Item"]["owner"] == {"S": "me"}


def test_a_failed_condition_changes_nothing(cloud: Cloud, db: Any) -> None:
    db.put_item(TableName=JOURNAL, Item={**KEY, "x": {"S": "1"}})
    assert code(db.delete_item, Key=KEY, ConditionExpression="attribute_not_exists(x)") == (
        "ConditionalCheckFailedException"
    )
    assert cloud.item("a") == {"pk": "a", "x": "1"}


def test_deleting_can_return_what_was_there(db: Any) -> None:
    db.put_item(TableName=JOURNAL, Item={**KEY, "x": {"S": "1"}})
    assert db.delete_item(TableName=JOURNAL, Key=KEY, ReturnValues="ALL_OLD")["Attributes"]["x"] == {"S": "1"}


@pytest.mark.parametrize(
    "item",
    [
        {"x": {"S": "no key"}},
        {"pk": {"S": ""}},
        {"pk": {"N": "1"}},
        {**KEY, "x": {"N": "many"}},
        {**KEY, "x": {"N": "1" * 39}},
        {**KEY, "x": {"SS": []}},
        {**KEY, "x": {}},
        {**KEY, "x": {"S": "1", "N": "1"}},
        {**KEY, "x": {"S": "x" * 409_600}},
    ],
)
def test_an_item_that_dynamodb_would_not_take_is_refused(db: Any, item: dict[str, Any]) -> None:
    assert code(db.put_item, Item=item) == "ValidationException"


def test_a_table_that_is_not_there_is_named_as_such(db: Any) -> None:
    with pytest.raises(db.exceptions.ResourceNotFoundException):
        db.get_item(TableName="other", Key=KEY)


def test_python_values_instead_of_typed_ones_are_refused_by_the_sdk(db: Any) -> None:
    with pytest.raises(ParamValidationError):
        db.put_item(TableName=JOURNAL, Item={"pk": "a"})


def test_a_read_that_is_not_consistent_may_show_what_was_before(cloud: Cloud, db: Any) -> None:
    def seen(consistent: bool) -> set[bool]:
        shown = set()
        for number in range(40):
            key = {"pk": {"S": f"{consistent}{number}"}}
            db.put_item(TableName=JOURNAL, Item=key)
            shown.add("Item" in db.get_item(TableName=JOURNAL, Key=key, ConsistentRead=consistent))
        return shown

    assert seen(consistent=False) == {True, False}
    assert seen(consistent=True) == {True}


def test_a_scan_comes_in_pages_that_together_are_everything(db: Any) -> None:
    for number in range(5):
        db.put_item(TableName=JOURNAL, Item={"pk": {"S": f"switch#{number}"}})
    db.put_item(TableName=JOURNAL, Item={"pk": {"S": "lock#shop"}})
    pages = list(
        db.get_paginator("scan").paginate(
            TableName=JOURNAL,
            FilterExpression="begins_with(pk, :p)",
            ExpressionAttributeValues={":p": {"S": "switch#"}},
            PaginationConfig={"PageSize": 2},
        )
    )
    assert len(pages) == 3
    assert sorted(item["pk"]["S"] for page in pages for item in page["Items"]) == [f"switch#{n}" for n in range(5)]


def test_a_query_finds_the_item_of_one_key(db: Any) -> None:
    for name in ("a", "b"):
        db.put_item(TableName=JOURNAL, Item={"pk": {"S": name}})
    found = db.query(TableName=JOURNAL, KeyConditionExpression="pk = :k", ExpressionAttributeValues={":k": {"S": "b"}})
    assert found["Items"] == [{"pk": {"S": "b"}}]
