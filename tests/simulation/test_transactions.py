"""TransactWriteItems as its API reference documents it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.simulation.cloud import JOURNAL, Cloud
from tests.simulation.faults import Fault, Kind
from tests.simulation.functions import Function
from tests.simulation.machine import Machine

ABSENT = {"ConditionExpression": "attribute_not_exists(pk)"}
THERE = {"ConditionExpression": "attribute_exists(pk)"}


def put(key: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": JOURNAL, "Item": {"pk": {"S": key}}, **more}}


def count(key: str) -> dict[str, Any]:
    one = {":one": {"N": "1"}, ":none": {"N": "0"}}
    text = "SET epoch = if_not_exists(epoch, :none) + :one"
    where = {"TableName": JOURNAL, "Key": {"pk": {"S": key}}}
    return {"Update": {**where, "UpdateExpression": text, "ExpressionAttributeValues": one}}


def check(key: str, **more: Any) -> dict[str, Any]:
    return {"ConditionCheck": {"TableName": JOURNAL, "Key": {"pk": {"S": key}}, **more}}


def refusal(db: Any, *items: dict[str, Any]) -> ClientError:
    with pytest.raises(ClientError) as refused:
        db.transact_write_items(TransactItems=list(items))
    return refused.value


def test_all_of_it_is_written(cloud: Cloud, db: Any) -> None:
    db.transact_write_items(TransactItems=[put("a"), count("b")])
    assert (cloud.item("a"), cloud.item("b")) == ({"pk": "a"}, {"pk": "b", "epoch": 1})


def test_one_failed_condition_stops_all_of_it(cloud: Cloud, db: Any) -> None:
    refusal(db, put("a"), check("b", **THERE))
    assert cloud.item("a") is None


def test_the_reasons_stand_in_the_order_of_the_items(db: Any) -> None:
    db.put_item(TableName=JOURNAL, Item={"pk": {"S": "b"}, "x": {"S": "1"}})
    error = refusal(db, put("a", **ABSENT), put("b", **ABSENT, ReturnValuesOnConditionCheckFailure="ALL_OLD"))
    reasons = error.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"] == {"pk": {"S": "b"}, "x": {"S": "1"}}


def test_the_refusal_is_of_the_class_that_boto3_raises(db: Any) -> None:
    error = refusal(db, check("a", **THERE))
    assert isinstance(error, db.exceptions.TransactionCanceledException)
    assert "[ConditionalCheckFailed]" in str(error)


def test_two_operations_on_one_item_are_refused(db: Any) -> None:
    assert "multiple operations on one item" in str(refusal(db, put("a"), check("a", **ABSENT)))


def test_a_hundred_items_are_the_most(db: Any) -> None:
    db.transact_write_items(TransactItems=[put(f"x{n}") for n in range(100)])
    assert "length less than or equal to 100" in str(refusal(db, *[put(f"y{n}") for n in range(101)]))


def test_a_check_without_a_condition_is_refused_by_the_sdk(db: Any) -> None:
    with pytest.raises(Exception, match="Missing required parameter"):
        db.transact_write_items(TransactItems=[check("a")])


def test_a_repeated_token_writes_nothing_again(cloud: Cloud, db: Any) -> None:
    for _ in range(2):
        db.transact_write_items(TransactItems=[count("a")], ClientRequestToken="token")
    assert cloud.item("a") == {"pk": "a", "epoch": 1}


def test_a_token_is_forgotten_after_ten_minutes(cloud: Cloud, db: Any) -> None:
    db.transact_write_items(TransactItems=[count("a")], ClientRequestToken="token")
    cloud.kernel.sleep(601)
    db.transact_write_items(TransactItems=[count("a")], ClientRequestToken="token")
    assert cloud.item("a") == {"pk": "a", "epoch": 2}


def test_a_token_with_other_items_is_refused(db: Any) -> None:
    db.transact_write_items(TransactItems=[put("a")], ClientRequestToken="token")
    with pytest.raises(db.exceptions.IdempotentParameterMismatchException):
        db.transact_write_items(TransactItems=[put("b")], ClientRequestToken="token")


def test_the_sdk_repeats_a_lost_transaction_under_one_token(cloud: Cloud) -> None:
    twice = Config(retries={"mode": "standard", "total_max_attempts": 2}, read_timeout=1)
    cloud.faults.numbered[2] = Fault(Kind.LOST_REPLY, attempts=1)

    def run(_event: Any, machine: Machine) -> None:
        machine.client("dynamodb", twice).transact_write_items(TransactItems=[count("a")])

    cloud.functions.add(Function("f", run))
    assert cloud.functions.invoke("f", {}).error == ""
    assert cloud.item("a") == {"pk": "a", "epoch": 1}


def test_a_conflict_is_a_cancellation_that_changes_nothing(cloud: Cloud) -> None:
    cloud.faults.numbered[2] = Fault(Kind.CONFLICT)

    def run(_event: Any, machine: Machine) -> list[str]:
        client = machine.client("dynamodb", None)
        try:
            client.transact_write_items(TransactItems=[put("a"), put("b")])
        except client.exceptions.TransactionCanceledException as error:
            return [reason["Code"] for reason in error.response["CancellationReasons"]]
        return []

    cloud.functions.add(Function("f", run))
    assert cloud.functions.invoke("f", {}).result == ["TransactionConflict", "None"]
    assert cloud.item("a") is None
