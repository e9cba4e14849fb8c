from __future__ import annotations

import pytest

from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, properties, resources


@pytest.fixture
def data(synthesize: Synthesize) -> Template:
    return synthesize()["GreenlightData"]


def test_every_table_has_the_key_that_its_readers_use(data: Template) -> None:
    keys = [table["KeySchema"] for table in properties(data, "DynamoDB::Table")]

    assert keys == [[{"AttributeName": name, "KeyType": "HASH"}] for name in ("pk", "pk", "cart_id")]


def test_every_table_is_kept_when_its_stack_goes(data: Template) -> None:
    kept = [
        (each["DeletionPolicy"], each["UpdateReplacePolicy"]) for each in resources(data, "DynamoDB::Table").values()
    ]

    assert kept == [("Retain", "Retain")] * 3


def test_every_table_can_be_restored_to_any_second(data: Template) -> None:
    assert all(
        table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        for table in properties(data, "DynamoDB::Table")
    )


def test_old_items_leave_every_table_by_themselves(data: Template) -> None:
    assert all(
        table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
        for table in properties(data, "DynamoDB::Table")
    )


def test_every_table_is_paid_by_request(data: Template) -> None:
    assert {table["BillingMode"] for table in properties(data, "DynamoDB::Table")} == {"PAY_PER_REQUEST"}


@pytest.mark.parametrize("protected", [True, False])
def test_deletion_protection_is_a_setting(synthesize: Synthesize, protected: bool) -> None:
    template = synthesize(deletion_protection=protected)["GreenlightData"]

    assert {table["DeletionProtectionEnabled"] for table in properties(template, "DynamoDB::Table")} == {protected}
