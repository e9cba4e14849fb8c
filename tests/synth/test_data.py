from __future__ import annotations

import json
from typing import Any

import pytest

from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, properties, resources, text

KEYS = {
    "Journal": ["pk"],
    "Requests": ["pk"],
    "Carts": ["cart_id"],
    "Sessions": ["id"],
    "Accounts": ["email"],
    "Orders": ["account_id", "order_id"],
    "Stock": ["product_id"],
}
EXPIRIES = {"Journal": "expires_at", "Requests": "expires_at", "Carts": "expires_at", "Sessions": "expires"}
BEFORE = {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0", "source": "services/shop"}}
"""A service as it was described before it could say which tables it has."""
OLD_CARTS = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "AttributeDefinitions": [{"AttributeName": "cart_id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": True,
        "KeySchema": [{"AttributeName": "cart_id", "KeyType": "HASH"}],
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
    },
    "UpdateReplacePolicy": "Retain",
    "DeletionPolicy": "Retain",
}
"""The carts of Greenlight 1.0.0, to the letter."""


@pytest.fixture
def data(synthesize: Synthesize) -> Template:
    return synthesize()["GreenlightData"]


def _tables(template: Template) -> dict[str, dict[str, Any]]:
    """The tables by the name of their construct: a logical id without its eight digits of hash."""
    return {name[:-8]: each for name, each in resources(template, "DynamoDB::Table").items()}


def test_every_table_has_the_keys_that_its_readers_use(data: Template) -> None:
    found = {
        name: [(key["AttributeName"], key["KeyType"]) for key in each["Properties"]["KeySchema"]]
        for name, each in _tables(data).items()
    }

    assert found == {name: list(zip(keys, ("HASH", "RANGE"), strict=False)) for name, keys in KEYS.items()}


def test_every_table_is_kept_when_its_stack_goes(data: Template) -> None:
    kept = [
        (each["DeletionPolicy"], each["UpdateReplacePolicy"]) for each in resources(data, "DynamoDB::Table").values()
    ]

    assert kept == [("Retain", "Retain")] * len(KEYS)


def test_every_table_can_be_restored_to_any_second(data: Template) -> None:
    assert all(
        table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        for table in properties(data, "DynamoDB::Table")
    )


def test_old_items_leave_by_themselves_where_a_table_says_when(data: Template) -> None:
    found = {
        name: each["Properties"]["TimeToLiveSpecification"]
        for name, each in _tables(data).items()
        if "TimeToLiveSpecification" in each["Properties"]
    }

    assert found == {name: {"AttributeName": attribute, "Enabled": True} for name, attribute in EXPIRIES.items()}


def test_every_table_is_paid_by_request(data: Template) -> None:
    assert {table["BillingMode"] for table in properties(data, "DynamoDB::Table")} == {"PAY_PER_REQUEST"}


@pytest.mark.parametrize("protected", [True, False])
def test_deletion_protection_is_a_setting(synthesize: Synthesize, protected: bool) -> None:
    template = synthesize(deletion_protection=protected)["GreenlightData"]

    assert {table["DeletionProtectionEnabled"] for table in properties(template, "DynamoDB::Table")} == {protected}


def test_an_installation_from_before_keeps_its_carts_and_gets_nothing_else(synthesize: Synthesize) -> None:
    template = synthesize(services=json.dumps(BEFORE))["GreenlightData"]

    assert list(_tables(template)) == ["Journal", "Requests", "Carts"]
    assert template["Resources"]["CartsEE95721F"] == OLD_CARTS


def test_the_carts_of_before_are_the_carts_of_a_service_that_declares_more(synthesize: Synthesize) -> None:
    before, after = synthesize(services=json.dumps(BEFORE)), synthesize()

    assert after["GreenlightData"]["Resources"]["CartsEE95721F"] == OLD_CARTS
    outputs = [each["GreenlightData"]["Outputs"] for each in (before, after)]
    assert outputs[0].items() <= outputs[1].items()


def test_an_output_names_each_table_and_secret(data: Template) -> None:
    names = {output["Value"]["Ref"][:-8]: name for name, output in data["Outputs"].items() if "Export" not in output}

    assert names == {
        "Journal": "JournalTableName",
        "Carts": "CartTableName",
        "Sessions": "SessionsTableName",
        "Accounts": "AccountsTableName",
        "Orders": "OrdersTableName",
        "Stock": "StockTableName",
        "ShopSessionSecretsServiceSecret": "ShopSessionSecretsArn",
    }


def test_services_that_name_one_table_share_it(synthesize: Synthesize) -> None:
    report = {**BEFORE["shop"], "paths": ["/report*"], "priority": 98, "blue_port": 3010, "green_port": 3011}
    template = synthesize(services=json.dumps({**BEFORE, "report": report}))["GreenlightData"]

    assert list(_tables(template)) == ["Journal", "Requests", "Carts"]


def test_a_secret_is_made_once_of_letters_and_digits_and_kept(data: Template) -> None:
    ((name, secret),) = resources(data, "SecretsManager::Secret").items()

    assert name.startswith("ShopSessionSecretsServiceSecret")
    assert secret["Properties"]["GenerateSecretString"] == {"ExcludePunctuation": True, "PasswordLength": 64}
    assert (secret["DeletionPolicy"], secret["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_service_without_tables_has_none(synthesize: Synthesize) -> None:
    templates = synthesize(services=json.dumps({"shop": {**BEFORE["shop"], "tables": {}}}), compute="fargate")

    assert list(_tables(templates["GreenlightData"])) == ["Journal", "Requests"]
    assert "CART_TABLE" not in text(templates["GreenlightFargate"])


def _backed_up(synthesize: Synthesize) -> Template:
    return synthesize(backup_days="90")["GreenlightData"]


def test_no_backups_are_made_unless_they_are_asked_for(data: Template) -> None:
    assert not [name for name, each in data["Resources"].items() if each["Type"].startswith("AWS::Backup::")]


def test_what_lasts_is_backed_up_each_night_and_what_expires_is_not(synthesize: Synthesize) -> None:
    template = _backed_up(synthesize)
    (selection,) = properties(template, "Backup::BackupSelection")
    tables = [each["Fn::GetAtt"][0][:-8] for each in selection["BackupSelection"]["Resources"]]

    assert sorted(tables) == ["Accounts", "Journal", "Orders", "Stock"]


def test_backups_are_kept_for_the_days_that_were_asked_for(synthesize: Synthesize) -> None:
    (plan,) = properties(_backed_up(synthesize), "Backup::BackupPlan")
    (rule,) = plan["BackupPlan"]["BackupPlanRule"]

    assert rule["Lifecycle"] == {"DeleteAfterDays": 90}


def test_the_backups_outlive_their_stack(synthesize: Synthesize) -> None:
    (vault,) = resources(_backed_up(synthesize), "Backup::BackupVault").values()

    assert (vault["DeletionPolicy"], vault["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_who_makes_backups_reaches_the_tables_that_are_backed_up_and_no_other(synthesize: Synthesize) -> None:
    template = _backed_up(synthesize)
    policies = [each for each in properties(template, "IAM::Policy") if "dynamodb:CreateBackup" in text(each)]

    assert len(policies) == 1
    assert "Carts" not in text(policies[0])
    assert "Sessions" not in text(policies[0])
    assert '"Resource": "*"' not in json.dumps(policies[0])


def test_the_plans_of_two_stages_have_names_of_their_own(synthesize: Synthesize) -> None:
    versions = {"blue_version": "1.0.0", "green_version": "1.0.0"}
    stages = json.dumps({"staging": {"vpc_cidr": "10.21.0.0/16", "services": {"shop": versions}}})
    plan = properties(
        synthesize(backup_days="1", stage="staging", stages=stages)["GreenlightStagingData"], "Backup::BackupPlan"
    )

    assert plan[0]["BackupPlan"]["BackupPlanName"] == "GreenlightStagingData"
