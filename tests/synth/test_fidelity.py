"""docs/fidelity.md keeps up with the templates, and with the calls that functions and commands make."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from tests.fidelity_page import named
from tests.governance_settings import GOVERNANCE
from tests.strict_settings import STRICT
from tests.synth.conftest import Synthesize

Flags = dict[str, Any]
GITHUB = {"github_repository": "octocat/shop", "shop.feature_flags": True}
FLAGS: list[Flags] = [
    {"compute": compute, **more}
    for compute in ("ec2", "fargate")
    for more in (GITHUB, STRICT, {**GOVERNANCE, **GITHUB, "pull_accounts": "210987654321"})
]
ROOT = Path(__file__).parents[2]
CALLERS = [
    file
    for folder in ("lambda", "greenlight")
    for file in sorted((ROOT / folder).rglob("*.py"))
    if "rehearsal" not in file.parts
]
PREFIXES = {"elbv2": "elasticloadbalancing", "service-quotas": "servicequotas", "stepfunctions": "states"}
"""boto3's names of services where IAM's differ."""


@pytest.mark.parametrize("flags", FLAGS)
def test_every_resource_type_of_the_templates_is_on_the_page(synthesize: Synthesize, flags: Flags) -> None:
    types = {each["Type"] for template in synthesize(**flags).values() for each in template["Resources"].values()}

    assert types <= named()


@pytest.mark.parametrize("flags", FLAGS)
def test_every_action_that_a_policy_names_is_on_the_page(synthesize: Synthesize, flags: Flags) -> None:
    actions = {action for template in synthesize(**flags).values() for action in _actions(template)}

    assert actions <= named()


def test_every_call_of_functions_and_commands_is_on_the_page() -> None:
    missing = {name: actions for name in _called() if not (actions := _operations()[name]) & named()}

    assert _called()
    assert not missing


def _actions(part: Any) -> Iterator[str]:
    """The actions of every statement in a template, wherever it is."""
    if isinstance(part, list):
        for each in part:
            yield from _actions(each)
    elif isinstance(part, dict):
        if "Effect" in part and "Action" in part:
            yield from [part["Action"]] if isinstance(part["Action"], str) else part["Action"]
        for each in part.values():
            yield from _actions(each)


@cache
def _calls() -> frozenset[tuple[str, str]]:
    """Every method that functions and commands call, and the first argument where that is a text."""
    return frozenset(
        (node.func.attr, _text(node.args[0]) if node.args else "")
        for file in CALLERS
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )


def _text(argument: ast.expr) -> str:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""


@cache
def _operations() -> dict[str, set[str]]:
    """Every method of the clients that some caller makes: the actions that it may stand for."""
    found: dict[str, set[str]] = {}
    loader = Loader()
    known = set(loader.list_available_services("service-2"))
    for service in {text for _, text in _calls()} & known:
        for operation in loader.load_service_model(service, "service-2")["operations"]:
            found.setdefault(xform_name(operation), set()).add(f"{PREFIXES.get(service, service)}:{operation}")
    return found


def _called() -> set[str]:
    """The methods of clients that are called; a paginator's by the name that it is asked for."""
    methods = {method for method, _ in _calls()}
    paged = {text for method, text in _calls() if method == "get_paginator"}
    return (methods | paged) & _operations().keys()
