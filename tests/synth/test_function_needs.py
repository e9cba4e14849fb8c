"""Whatever a function may do, its own code or what that imports calls; the switch's functions have a test of their own.

That no permission is missing is proved where the functions run with IAM enforced, in tests/rehearsal.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from botocore import xform_name

from tests.strict_settings import STRICT
from tests.synth.conftest import Synthesize
from tests.synth.templates import Template, resources

SOURCE = Path(__file__).parents[2] / "lambda"
OF_THE_SWITCH = "traffic_switch."
ASKED_BY_ECR = {"inspector2:ListFindings", "inspector2:ListCoverage"}
"""What DescribeImageScanFindings needs where Inspector scans (ECR user guide, image-scanning-enhanced-iam)."""
PARTS = {"UpdateItem": "transact_write_items", "PutItem": "transact_write_items"}
"""A transaction is allowed by the actions of its parts."""


def functions(template: Template) -> Iterator[tuple[str, frozenset[str]]]:
    """Each function that is not the switch's: its handler, and the actions of its role but those on its own log."""
    policies = resources(template, "IAM::Policy").values()
    for each in resources(template, "Lambda::Function").values():
        handler, role = each["Properties"]["Handler"], each["Properties"]["Role"]["Fn::GetAtt"][0]
        if handler.startswith(OF_THE_SWITCH):
            continue
        allowed = {
            action
            for policy in policies
            if {"Ref": role} in policy["Properties"]["Roles"]
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
            for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        }
        yield handler, frozenset(action for action in allowed if not action.startswith("logs:"))


def called(handler: str) -> frozenset[str]:
    """The names of all methods that are called in the handler's module and in whatever it imports of ours."""
    waiting, seen = [handler.rpartition(".")[0]], set[str]()
    while waiting:
        module = waiting.pop()
        if module not in seen and _file(module).is_file():
            seen.add(module)
            waiting += _imports(module)
    return frozenset(name for module in seen for name in _methods(module))


def _file(module: str) -> Path:
    path = SOURCE.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_file(module).read_text())


def _imports(module: str) -> Iterator[str]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def _methods(module: str) -> Iterator[str]:
    """Whatever is taken from an object by name, or named for a paginator."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


FLAGS = {
    "ec2": {},
    "fargate": {"compute": "fargate"},
    "strict": STRICT,
    "gates": {"scan_gate": "high", "signature_gate": "images"},
}


@pytest.mark.parametrize("flags", FLAGS.values(), ids=FLAGS)
def test_a_function_may_do_nothing_that_its_code_never_asks_for(
    synthesize: Synthesize, flags: dict[str, str | int]
) -> None:
    found = [each for template in synthesize(**flags).values() for each in functions(template)]
    idle = {
        f"{handler}: {action}"
        for handler, allowed in found
        for action in allowed - ASKED_BY_ECR
        for operation in [action.partition(":")[2]]
        if not {xform_name(operation), PARTS.get(operation, xform_name(operation))} & called(handler)
    }

    assert len(found) >= 4
    assert sum(len(allowed) for _, allowed in found) > 10
    assert idle == set()
