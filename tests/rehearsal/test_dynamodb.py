"""DynamoDB in the local cloud: what the journal's transactions rely on, under IAM (DynamoDB guide, "Transactions")."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from greenlight.project import CHECKOUT
from tests.rehearsal.local_cloud import LocalCloud, started

pytestmark = pytest.mark.rehearsal

TABLE = "journal"
PARTS = ("PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")


@dataclass(frozen=True)
class Lab:
    """A table, the root's client, and clients that may do some things only."""

    cloud: LocalCloud
    root: Any

    def client(self, name: str, *actions: str) -> Any:
        """A client of a user who may do these actions on the table."""
        resource = f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}"
        return self.cloud.user("dynamodb", name, [f"dynamodb:{action}" for action in actions], resource)

    def put(self, key: str, **attributes: str) -> None:
        item = {"pk": {"S": key}} | {name: {"S": value} for name, value in attributes.items()}
        self.root.put_item(TableName=TABLE, Item=item)

    def get(self, key: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.root.get_item(TableName=TABLE, Key=pk(key), ConsistentRead=True).get("Item")
        return found


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started(tmp_path_factory.mktemp("cloud"), "iam") as cloud:
        root = cloud.client("dynamodb")
        root.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield Lab(cloud, root)


def pk(key: str) -> dict[str, Any]:
    return {"pk": {"S": key}}


def put(key: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": {**pk(key), "owner": {"S": "me"}}, **more}}


def update(key: str, expression: str, **more: Any) -> dict[str, Any]:
    return {"Update": {"TableName": TABLE, "Key": pk(key), "UpdateExpression": expression, **more}}


def delete(key: str, **more: Any) -> dict[str, Any]:
    return {"Delete": {"TableName": TABLE, "Key": pk(key), **more}}


def check(key: str, condition: str, **more: Any) -> dict[str, Any]:
    return {"ConditionCheck": {"TableName": TABLE, "Key": pk(key), "ConditionExpression": condition, **more}}


def everything(name: str) -> list[dict[str, Any]]:
    """One part of each kind, on items of their own."""
    return [
        put(f"{name}-put"),
        update(f"{name}-update", "SET a = :a", ExpressionAttributeValues={":a": {"S": "1"}}),
        delete(f"{name}-delete"),
        check(f"{name}-check", "attribute_not_exists(pk)"),
    ]


def refusal(client: Any, items: list[dict[str, Any]], **more: Any) -> ClientError:
    with pytest.raises(ClientError) as refused:
        client.transact_write_items(TransactItems=items, **more)
    return refused.value


def reasons(error: ClientError) -> list[str]:
    return [reason["Code"] for reason in error.response["CancellationReasons"]]


def test_a_transaction_writes_all_of_its_parts(lab: Lab) -> None:
    lab.put("all-delete")

    lab.client("all", *PARTS).transact_write_items(TransactItems=everything("all"))

    assert lab.get("all-put") == {**pk("all-put"), "owner": {"S": "me"}}
    assert lab.get("all-update") == {**pk("all-update"), "a": {"S": "1"}}
    assert lab.get("all-delete") is None


@pytest.mark.parametrize("missing", PARTS)
def test_each_part_of_a_transaction_needs_its_own_permission(lab: Lab, missing: str) -> None:
    client = lab.client(f"without-{missing}", *(part for part in PARTS if part != missing))

    refused = refusal(client, everything(missing))

    assert refused.response["Error"]["Code"] == "AccessDeniedException"
    assert f"dynamodb:{missing}" in str(refused)
    assert lab.get(f"{missing}-put") is None


def test_the_action_of_the_call_itself_is_no_permission(lab: Lab) -> None:
    refused = refusal(lab.client("named", "TransactWriteItems"), [put("named")])

    assert refused.response["Error"]["Code"] == "AccessDeniedException"


def test_a_failed_condition_cancels_every_part_and_each_part_has_its_reason(lab: Lab) -> None:
    lab.put("held", owner="other")
    condition = {"ExpressionAttributeNames": {"#o": "owner"}, "ExpressionAttributeValues": {":me": {"S": "me"}}}
    shown = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}

    refused = refusal(lab.root, [put("cancelled"), check("held", "#o = :me", **condition, **shown)])

    assert refused.response["Error"]["Code"] == "TransactionCanceledException"
    assert reasons(refused) == ["None", "ConditionalCheckFailed"]
    found: Any = refused.response["CancellationReasons"]
    assert found[1]["Item"]["owner"] == {"S": "other"}
    assert lab.get("cancelled") is None


def test_the_same_token_with_the_same_request_writes_once(lab: Lab) -> None:
    count = update("counted", "ADD n :one", ExpressionAttributeValues={":one": {"N": "1"}})

    for _ in range(2):
        lab.root.transact_write_items(TransactItems=[count], ClientRequestToken="once")

    assert lab.get("counted") == {**pk("counted"), "n": {"N": "1"}}


def test_the_same_token_with_another_request_is_refused(lab: Lab) -> None:
    lab.root.transact_write_items(TransactItems=[put("first")], ClientRequestToken="taken")

    refused = refusal(lab.root, [put("second")], ClientRequestToken="taken")

    assert refused.response["Error"]["Code"] == "IdempotentParameterMismatchException"


def test_two_parts_on_one_item_are_refused(lab: Lab) -> None:
    refused = refusal(lab.root, [put("twice"), check("twice", "attribute_not_exists(pk)")])

    assert refused.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize("word", ["owner", "before", "request", "resource"])
def test_a_reserved_word_must_have_a_placeholder(lab: Lab, word: str) -> None:
    """All four are in the DynamoDB guide's list, "Reserved words in DynamoDB"."""
    with pytest.raises(ClientError, match="reserved keyword"):
        lab.root.update_item(
            TableName=TABLE,
            Key=pk("words"),
            UpdateExpression=f"SET {word} = :x",
            ExpressionAttributeValues={":x": {"S": "x"}},
        )


def test_if_not_exists_sets_an_attribute_once(lab: Lab) -> None:
    for value in ("first", "second"):
        lab.root.transact_write_items(
            TransactItems=[
                update(
                    "once",
                    "SET #o = if_not_exists(#o, :v)",
                    ExpressionAttributeNames={"#o": "owner"},
                    ExpressionAttributeValues={":v": {"S": value}},
                )
            ]
        )

    assert lab.get("once") == {**pk("once"), "owner": {"S": "first"}}


def test_of_many_transactions_at_once_one_gets_the_item(lab: Lab) -> None:
    def take(number: int) -> bool:
        item = {**pk("lock"), "owner": {"S": str(number)}}
        condition = "attribute_not_exists(pk)"
        parts = [
            {"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": condition}},
            update(f"switch-{number}", "SET begun = :t", ExpressionAttributeValues={":t": {"BOOL": True}}),
        ]
        try:
            lab.root.transact_write_items(TransactItems=parts)
        except ClientError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(16)))

    assert sum(taken) == 1
    assert [number for number in range(16) if lab.get(f"switch-{number}")] == [taken.index(True)]


def test_a_query_finds_the_items_of_one_key_in_order_and_takes_a_permission_of_its_own(lab: Lab) -> None:
    lab.root.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "o", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in "ao"],
        BillingMode="PAY_PER_REQUEST",
    )
    for account, order in (("1", "b"), ("2", "c"), ("1", "a")):
        lab.root.put_item(TableName="orders", Item={"a": {"S": account}, "o": {"S": order}})
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/orders"
    asked: dict[str, Any] = {
        "TableName": "orders",
        "KeyConditionExpression": "a = :a",
        "ExpressionAttributeValues": {":a": {"S": "1"}},
    }

    found = lab.cloud.user("dynamodb", "asks", ["dynamodb:Query"], arn).query(**asked)["Items"]

    assert [item["o"]["S"] for item in found] == ["a", "b"]
    with pytest.raises(ClientError, match="not authorized to perform: dynamodb:Query"):
        lab.cloud.user("dynamodb", "reads", ["dynamodb:GetItem"], arn).query(**asked)


def test_what_the_runbook_copies_back_brings_lost_items_and_leaves_newer_ones_alone(lab: Lab, tmp_path: Path) -> None:
    lab.root.create_table(
        TableName="stock",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for product in ("lost", "sold"):
        lab.root.put_item(TableName="stock", Item={**pk(product), "left": {"N": "9"}})
    lab.root.restore_table_to_point_in_time(
        SourceTableName="stock", TargetTableName="stock-restored", UseLatestRestorableTime=True
    )
    lab.root.delete_item(TableName="stock", Key=pk("lost"))
    lab.root.put_item(TableName="stock", Item={**pk("sold"), "left": {"N": "8"}})

    assert _copy_back(lab, tmp_path, "stock-restored", "stock") == "1 copied back, 1 were there\n"

    found = lab.root.scan(TableName="stock")["Items"]
    assert {item["pk"]["S"]: item["left"]["N"] for item in found} == {"lost": "9", "sold": "8"}


def _copy_back(lab: Lab, folder: Path, *tables: str) -> str:
    """Run the script as docs/operations.md has it."""
    page = (CHECKOUT / "docs" / "operations.md").read_text()
    (script,) = re.findall(r"<!-- copy_back.py -->\n```python\n(.*?)```", page, re.DOTALL)
    file = folder / "copy_back.py"
    file.write_text(script)
    credentials = lab.root._get_credentials()
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": lab.root.meta.endpoint_url,
        "AWS_REGION": lab.root.meta.region_name,
        "AWS_DEFAULT_REGION": lab.root.meta.region_name,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
    }
    command = [sys.executable, str(file), *tables]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout
