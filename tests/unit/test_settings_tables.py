"""The tables and secrets that a service says it has: what is taken, what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.options.table import TableSettings
from stacks.settings import Settings, SettingsError

SHOP: dict[str, Any] = {"blue_version": "1.0.0", "green_version": "1.1.0"}
CARTS = {"variable": "CART_TABLE", "key": "cart_id", "expiry": "expires_at"}
REPORT = {**SHOP, "paths": ["/report*"], "blue_port": 3010, "green_port": 3011, "priority": 98}


def settings(**services: Any) -> Settings:
    return Settings.from_context({"services": services})


def refusal(tables: Any, **others: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        settings(shop={**SHOP, "tables": tables}, **others)
    line = str(refused.value)
    assert "\n" not in line
    return line


def test_a_service_that_says_nothing_of_tables_has_the_carts_that_each_had() -> None:
    (shop,) = settings(shop=SHOP).services

    assert shop.tables == (TableSettings(name="carts", variable="CART_TABLE", key="cart_id", expiry="expires_at"),)


def test_a_service_may_have_no_table() -> None:
    assert settings(shop={**SHOP, "tables": {}}).tables == ()


def test_tables_are_listed_once_in_the_order_in_which_they_are_named() -> None:
    orders = {"variable": "ORDER_TABLE", "key": "account_id", "sort_key": "order_id"}

    found = settings(
        shop={**SHOP, "tables": {"orders": orders, "carts": CARTS}}, report={**REPORT, "tables": {"carts": CARTS}}
    )

    assert [table.name for table in found.tables] == ["orders", "carts"]


def test_a_flag_may_give_them_as_json() -> None:
    context = {"services": {"shop": SHOP}, "shop.tables": '{"stock": {"variable": "STOCK_TABLE", "key": "id"}}'}

    assert [table.name for table in Settings.from_context(context).tables] == ["stock"]


@pytest.mark.parametrize(
    ("tables", "line"),
    [
        ({"Carts": CARTS}, "services.shop.tables: got 'Carts'; allowed: up to 20 lower case letters, digits"),
        ({"journal": CARTS}, "services.shop.tables: got 'journal'; allowed: up to 20 lower case letters, digits"),
        ({"x-table-name": CARTS}, "services.shop.tables: got 'x-table-name'; allowed: up to 20 lower case"),
        ({"carts": {"variable": "CART_TABLE"}}, "services.shop.tables.carts.key: missing; allowed: the name of an"),
        (
            {"carts": {**CARTS, "variable": "PORT"}},
            "services.shop.tables.carts.variable: got 'PORT'; allowed: up to 63 capital letters",
        ),
        (
            {"carts": {**CARTS, "variable": "AWS_REGION"}},
            "services.shop.tables.carts.variable: got 'AWS_REGION'; allowed: up to 63 capital letters",
        ),
        ({"carts": {**CARTS, "key": "a b"}}, "services.shop.tables.carts.key: got 'a b'; allowed: the name of an"),
        (
            {"carts": {**CARTS, "sortkeys": 1}},
            "unknown setting services.shop.tables.carts.sortkeys (1); did you mean",
        ),
        (
            {"carts": {**CARTS, "sort_key": "cart_id"}},
            "tables.carts: got cart_id, cart_id, expires_at as its attributes; allowed: one of its own for each of key,"
            " sort_key and expiry",
        ),
        (["carts"], "services.shop.tables: got ['carts']; allowed: a JSON object of tables by name, each with its own"),
        (
            {"carts": "CART_TABLE"},
            "services.shop.tables: got {'carts': 'CART_TABLE'}; allowed: a JSON object of tables",
        ),
        (
            {"carts": CARTS, "old": {**CARTS, "key": "id"}},
            "services.shop.tables.old.variable: got 'CART_TABLE', as tables.carts.variable has; allowed: a",
        ),
    ],
)
def test_a_refusal_names_the_table_the_value_and_what_is_allowed(tables: Any, line: str) -> None:
    assert refusal(tables).startswith(line)


def test_secrets_of_two_services_that_templates_could_not_tell_apart_are_refused() -> None:
    services = {"shop": {**SHOP, "secrets": {"X_KEY": {}}}, "shop-x": {**REPORT, "secrets": {"KEY": {}}}}

    with pytest.raises(SettingsError) as refused:
        Settings.from_context({"services": services})

    assert str(refused.value) == (
        "services.shop-x.secrets: got 'KEY', which templates would know as ShopXKey, as X_KEY of shop; allowed: a"
        " variable that differs in more than '_' and the service's name"
    )


def test_secrets_of_one_service_that_templates_could_not_tell_apart_are_refused() -> None:
    with pytest.raises(SettingsError, match="'A__B', which templates would know as ShopAB, as A_B of shop"):
        settings(shop={**SHOP, "secrets": {"A_B": {}, "A__B": {}}})


def test_services_that_share_a_table_say_the_same_of_it() -> None:
    other = {**REPORT, "tables": {"carts": {**CARTS, "sort_key": "line"}}}

    assert refusal({"carts": CARTS}, report=other) == (
        'services.report.tables.carts: got {"variable":"CART_TABLE","key":"cart_id","sort_key":"line",'
        '"expiry":"expires_at"}, but shop has {"variable":"CART_TABLE","key":"cart_id","sort_key":null,'
        '"expiry":"expires_at"}; allowed: the same in both, or a table of another name'
    )


def test_the_variable_of_the_flags_is_no_tables_where_a_service_has_flags() -> None:
    taken = {"flags": {"variable": "FLAGS_APPCONFIG", "key": "id"}}

    assert "services.shop.tables.flags.variable: got 'FLAGS_APPCONFIG', as feature_flags has" in refusal_of(
        {**SHOP, "tables": taken, "feature_flags": True}
    )
    assert settings(shop={**SHOP, "tables": taken}).services[0].tables[0].variable == "FLAGS_APPCONFIG"


def test_a_stage_with_a_long_name_has_no_flags_and_is_refused_none_without() -> None:
    stage = {"vpc_cidr": "10.30.0.0/16"}
    flagged = {"shop": {**SHOP, "feature_flags": True}}

    with pytest.raises(SettingsError, match=r"services\.shop\.feature_flags: got true.* 64 characters at most"):
        Settings.from_context({"stages": {"s" * 50: {**stage, "services": flagged}}, "services": flagged})
    assert not Settings.from_context({"services": {"shop": SHOP}}).services[0].feature_flags


@pytest.mark.parametrize("said", ["maybe", 2, "{}"])
def test_flags_are_on_or_off(said: Any) -> None:
    assert "services.shop.feature_flags: got" in refusal_of({**SHOP, "feature_flags": said})


def refusal_of(shop: dict[str, Any]) -> str:
    with pytest.raises(SettingsError) as refused:
        settings(shop=shop)
    return str(refused.value)
