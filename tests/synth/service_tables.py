"""Two services with tables of their own, and how tests read what a color may do with them."""

from __future__ import annotations

import json
import re

from tests.synth.compute import listed, policy_statements
from tests.synth.templates import Template

_COMMON = {"blue_version": "1.0.0", "green_version": "1.0.0"}
OWN_TABLES = json.dumps(
    {
        "shop": {
            **_COMMON,
            "source": "services/shop",
            "tables": {
                "carts": {"variable": "CART_TABLE", "key": "cart_id", "expiry": "expires_at"},
                "orders": {"variable": "ORDER_TABLE", "key": "account_id", "sort_key": "order_id"},
            },
        },
        "report": {
            **_COMMON,
            "source": "services/report",
            "paths": ["/report*"],
            "blue_port": 3010,
            "green_port": 3011,
            "priority": 98,
            "tables": {"facts": {"variable": "FACT_TABLE", "key": "fact_id"}},
        },
    }
)
_WITH_SECRET = json.loads(OWN_TABLES)
_WITH_SECRET["shop"]["secrets"] = {"SESSION_SECRETS": {}}
OWN_SECRETS = json.dumps(_WITH_SECRET)
SECRET_EXPORT = "GreenlightData:ExportsOutputRefShopSessionSecretsServiceSecretD559118A40919F9C"
SINGLE = {f"dynamodb:{verb}Item" for verb in ("ConditionCheck", "Delete", "Get", "Put", "Update")}


def assert_items_alone(template: Template, role: str, tables: set[str], queried: set[str]) -> None:
    """Claim that a role works on single items of these tables, queries some, and does nothing else with anything."""
    reached: dict[str, set[str]] = {}
    for statement in policy_statements(template, role):
        for action in listed(statement["Action"]):
            reached.setdefault(action, set()).update(map(_table, _arns(statement["Resource"])))
    query = {"dynamodb:Query": queried} if queried else {}
    assert reached == {**dict.fromkeys(SINGLE, tables), **query}


def _arns(resource: object) -> list[object]:
    return resource if isinstance(resource, list) else [resource]


def _table(arn: object) -> str:
    """The name of the construct of the table whose ARN is imported; anything else is shown as it is."""
    found = re.fullmatch(
        r'\{"Fn::ImportValue": "GreenlightData:ExportsOutputFnGetAtt([A-Za-z]+)[0-9A-F]{8}Arn[0-9A-F]{8}"\}',
        json.dumps(arn),
    )
    return found[1] if found else json.dumps(arn)
