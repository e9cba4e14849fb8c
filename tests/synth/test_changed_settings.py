"""Settings that change where something is deployed: no stack takes an export away that another one still imports.

CloudFormation refuses that (CloudFormation guide, "Get exported outputs from a deployed CloudFormation stack").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from tests.strict_settings import STRICT
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, text

Templates = Mapping[str, Template]

PLAIN = {name: value for name, value in STRICT.items() if name != "security"}
NETWORKS = {"preview_cidrs": "203.0.113.0/24"}
ACCESS = {"access": True}
CARTS = {"carts": {"variable": "CART_TABLE", "key": "cart_id", "expiry": "expires_at"}}
SHOP = {"blue_version": "1.0.0", "green_version": "1.0.0", "source": "services/shop"}
ONE_TABLE = json.dumps({"shop": {**SHOP, "tables": CARTS}})
TWO_TABLES = json.dumps({"shop": {**SHOP, "tables": {**CARTS, "stock": {"variable": "STOCK_TABLE", "key": "id"}}}})
CONSUMERS = ("GreenlightSwitch", "GreenlightAccess")
"""What docs/operations.md deploys first to take people's preview away."""


def exports(template: Template) -> dict[str, Any]:
    outputs = template.get("Outputs", {}).values()
    return {each["Export"]["Name"]: each["Value"] for each in outputs if "Export" in each}


def refusals(before: Templates, after: Templates, order: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Which stack cannot be deployed, and the export that another one imports while it is."""
    there = dict(before)
    for stack in order:
        kept = exports(after[stack])
        for name, value in exports(there.get(stack, {})).items():
            if kept.get(name) != value and any(_imports(each, name) for each in there.values()):
                yield stack, name
        there[stack] = after[stack]


def _imports(template: Template, name: str) -> bool:
    return re.search(rf'"Fn::ImportValue": "{re.escape(name)}"', text(template)) is not None


@pytest.mark.parametrize("compute", ["ec2", "fargate"])
@pytest.mark.parametrize("people", [{}, NETWORKS])
def test_strict_comes_and_goes_by_one_deploy(synthesize: Synthesize, compute: str, people: dict[str, str]) -> None:
    standard = synthesize(compute=compute, **PLAIN, **people)
    strict = synthesize(compute=compute, **STRICT, **people)

    assert not list(refusals(standard, strict, strict))
    assert not list(refusals(strict, standard, standard))


def test_people_s_preview_goes_from_strict_and_access_by_two_deploys(synthesize: Synthesize) -> None:
    before = synthesize(compute="fargate", **STRICT, **ACCESS, **NETWORKS)
    after = synthesize(compute="fargate", **STRICT, **ACCESS)

    assert not list(refusals(before, after, [*CONSUMERS, *after]))
    assert {stack for stack, _ in refusals(before, after, after)} == {"GreenlightEdge"}


@pytest.mark.parametrize(("compute", "consumer"), [("ec2", "GreenlightEc2Host"), ("fargate", "GreenlightFargate")])
def test_a_table_comes_by_one_deploy_and_goes_by_two(synthesize: Synthesize, compute: str, consumer: str) -> None:
    one = synthesize(compute=compute, services=ONE_TABLE, **ACCESS)
    two = synthesize(compute=compute, services=TWO_TABLES, **ACCESS)

    assert not list(refusals(one, two, two))
    assert not list(refusals(two, one, [consumer, "GreenlightAccess", *one]))
    assert {stack for stack, _ in refusals(two, one, one)} == {"GreenlightData"}
