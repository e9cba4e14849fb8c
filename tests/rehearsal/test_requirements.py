"""The pinned library is the one that the cloud was written for, and the cloud says so when it starts."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenlight.rehearsal import cloud
from greenlight.rehearsal.cloud.requirement import RequirementError, require, require_missing
from tests.rehearsal.local_cloud import started


@pytest.fixture
def library() -> types.ModuleType:
    module = types.ModuleType("library")
    module.name = "here"  # type: ignore[attr-defined]
    return module


def modules() -> Iterator[types.ModuleType]:
    for found in pkgutil.walk_packages(cloud.__path__, f"{cloud.__name__}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def required(module: types.ModuleType) -> Iterator[str]:
    """Find what each `require(library, "name", *NAMES)` of a module asks for; a name worked out at run time is none."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "require":
            try:
                owner, *names = (eval(ast.unparse(each), vars(module)) for each in map(_as_tuple, node.args))
            except NameError:
                continue
            yield from (f"{owner[0].__name__}.{name}" for group in names for name in group)


def used(module: types.ModuleType) -> Iterator[str]:
    """Find the library's private names that a module reaches for."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr.startswith("_"):
            owner = getattr(module, node.value.id, None)
            if isinstance(owner, types.ModuleType) and owner.__name__.startswith("ministack."):
                yield f"{owner.__name__}.{node.attr}"


def _as_tuple(argument: ast.expr) -> ast.expr:
    return argument.value if isinstance(argument, ast.Starred) else ast.Tuple([argument], ast.Load())


@pytest.mark.parametrize("names", [["other"], ["name", "other"], ["other", "name"]])
def test_a_missing_name_is_told_with_the_library_and_what_to_do(library: types.ModuleType, names: list[str]) -> None:
    with pytest.raises(RequirementError, match=r"ministack .* has no library.other: adapt the module"):
        require(library, *names)


def test_the_first_name_that_is_required_comes_back(library: types.ModuleType) -> None:
    assert require(library, "name") == "here"


def test_what_the_library_has_learned_is_told() -> None:
    with pytest.raises(RequirementError, match="knows AWS::X by itself now"):
        require_missing({"AWS::X": 1}, "AWS::X")


def test_every_private_name_that_the_cloud_reaches_for_is_required_at_its_start() -> None:
    asked = {name for module in modules() for name in required(module)}

    assert not [name for module in modules() for name in used(module) if name not in asked]


@pytest.mark.rehearsal
def test_every_adapter_fits_the_pinned_library(tmp_path: Path) -> None:
    with started(tmp_path):
        pass
