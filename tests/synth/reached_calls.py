"""Which AWS actions a handler of the switch can reach, found by reading the code and not by running it.

Names are followed from function to function. A method is found by its name alone, in whatever class: more may be found
than can happen, and never less.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from botocore import xform_name
from botocore.session import Session

SOURCE = Path(__file__).parents[2] / "lambda"
PACKAGE = "traffic_switch"
PREFIXES = {
    "cloudformation": "cloudformation",
    "cloudwatch": "cloudwatch",
    "dynamodb": "dynamodb",
    "elbv2": "elasticloadbalancing",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "stepfunctions": "states",
}
"""boto3's names of services, and the names of their actions in IAM."""
NO_ACTIONS = {"transact_write_items"}
"""AWS authorizes a transaction by its parts, which are the journal's `Write`s."""

Place = tuple[str, str]
"""A module and the name of a function or method in it."""

ENTRY = f"{PACKAGE}.handlers.entry", "Entry.step"
"""What Lambda calls of every handler."""


def reached(handler: str) -> frozenset[str]:
    """Return the actions that the functions of one handler's module lead to, e.g. `sns:Publish`, and its entry."""
    module = f"{PACKAGE}.handlers.{handler}"
    waiting = [ENTRY, *((module, name) for name in _functions()[module])]
    seen: set[Place] = set()
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting.extend(_next(place))
    return frozenset(action for place in seen for action in _actions(place))


@cache
def _modules() -> Mapping[str, ast.Module]:
    files = sorted((SOURCE / PACKAGE).rglob("*.py"))
    return {".".join(file.relative_to(SOURCE).with_suffix("").parts): ast.parse(file.read_text()) for file in files}


@cache
def _functions() -> Mapping[str, dict[str, ast.AST]]:
    """For each module its functions by name, those at its top level."""
    return {
        module: {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for module, tree in _modules().items()
    }


@cache
def _methods() -> Mapping[str, list[tuple[Place, ast.AST]]]:
    """All methods by name, wherever they are; the place has the class in its name. A Protocol's do nothing."""
    found: dict[str, list[tuple[Place, ast.AST]]] = {}
    for module, tree in _modules().items():
        for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            for method in (node for node in owner.body if isinstance(node, ast.FunctionDef)):
                found.setdefault(method.name, []).append(((module, f"{owner.name}.{method.name}"), method))
    return found


@cache
def _imports(module: str) -> Mapping[str, str]:
    """Names that a module has from others of the package: the dotted name behind each."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(_modules()[module])
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE)
        for alias in node.names
    }


def _body(place: Place) -> ast.AST:
    module, name = place
    if "." not in name:
        return _functions()[module][name]
    return next(node for found, node in _methods()[name.partition(".")[2]] if found == place)


def _next(place: Place) -> Iterator[Place]:
    """The functions that one refers to, and the methods that it calls."""
    module = place[0]
    for node in ast.walk(_body(place)):
        if isinstance(node, ast.Name):
            yield from _function(_imports(module).get(node.id, f"{module}.{node.id}"))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            if _imports(module).get(owner) in _modules():
                yield from _function(f"{_imports(module)[owner]}.{node.func.attr}")
            else:
                yield from (found for found, _ in _methods().get(node.func.attr, []))


def _function(dotted: str) -> Iterator[Place]:
    module, _, name = dotted.rpartition(".")
    if name in _functions().get(module, {}):
        yield module, name


def _actions(place: Place) -> Iterator[str]:
    for node in ast.walk(_body(place)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names = [node.func.attr, *_strings(node.args) * (node.func.attr == "get_paginator")]
            yield from (_operations()[name] for name in names if name in _operations())
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Write":
            yield from _written({keyword.arg for keyword in node.keywords})


def _strings(arguments: list[ast.expr]) -> list[str]:
    return [each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _written(keywords: set[str | None]) -> Iterator[str]:
    """The parts of a transaction; keywords that are passed on (`**parts`) are an update's."""
    if "put" in keywords:
        yield "dynamodb:PutItem"
    elif "delete" in keywords:
        yield "dynamodb:DeleteItem"
    elif keywords & {"set", "once", "remove", None}:
        yield "dynamodb:UpdateItem"
    else:
        yield "dynamodb:ConditionCheckItem"


@cache
def _operations() -> Mapping[str, str]:
    """Every method of the clients that the ports use: its action in IAM."""
    session = Session()
    return {
        xform_name(operation): f"{prefix}:{operation}"
        for service, prefix in PREFIXES.items()
        for operation in session.get_service_model(service).operation_names
        if xform_name(operation) not in NO_ACTIONS
    }
