"""Every private name that the compute adapters rely on exists in the pinned library."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

from greenlight.rehearsal.cloud import adapters
from greenlight.rehearsal.cloud.adapters import cloudformation

MODULES = ("ec2", "ecr", "ecs", "roles", "ssm", "task_targets")


def modules() -> Iterator[ModuleType]:
    for name in MODULES:
        yield importlib.import_module(f"{adapters.__name__}.{name}")
    for found in pkgutil.iter_modules(cloudformation.__path__):
        yield importlib.import_module(f"{cloudformation.__name__}.{found.name}")


def required() -> Iterator[tuple[ModuleType, str, str]]:
    """Find each `require(library, "name", ...)` in our modules: who asks, whom, for what."""
    for module in modules():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "require":
                library, *names = node.args
                assert isinstance(library, ast.Name)
                yield from ((module, library.id, str(ast.literal_eval(name))) for name in names)


def used() -> Iterator[tuple[ModuleType, str, str]]:
    """Find each private name that our modules reach for in the library."""
    for module in modules():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr.startswith("_"):
                owner = getattr(module, node.value.id, None)
                if isinstance(owner, ModuleType) and owner.__name__.startswith("ministack."):
                    yield module, node.value.id, node.attr


@pytest.mark.parametrize(("module", "library", "name"), list(dict.fromkeys(required())))
def test_a_required_name_exists(module: ModuleType, library: str, name: str) -> None:
    assert hasattr(getattr(module, library), name)


@pytest.mark.parametrize(("module", "library", "name"), list(dict.fromkeys(used())))
def test_a_private_name_that_is_used_exists(module: ModuleType, library: str, name: str) -> None:
    assert hasattr(getattr(module, library), name)
