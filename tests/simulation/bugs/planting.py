"""Putting a bug into this process, before anything that it breaks is imported. There is no way back: fork first."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType

from tests.simulation.bugs.bug import ROOT, Bug

ROOTS = ("lambda", "constructs", ".")
"""Source roots of the repository."""

UNBROKEN = ("traffic_switch.contract", "traffic_switch.surroundings")
"""What the simulated AWS shares with the switch. No bug is planted there, so that it need not be loaded anew."""


class Planted(importlib.abc.MetaPathFinder):
    """Finds one module with its changed source, and no other."""

    def __init__(self, name: str, source: str) -> None:
        self._name, self._source = name, source

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self._name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(name, spec.origin, self._source)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec")


def plant(bug: Bug) -> None:
    """Make every later import see the bug.

    Raises:
        StaleBugError: the source is not what the bug was made for.
    """
    changed = bug.changed((ROOT / bug.file).read_text())
    if not bug.file.endswith(".py"):
        forget()
        _plant_definition(changed)
        return
    name = _module(bug.file)
    forget(name)
    sys.meta_path.insert(0, Planted(name, changed))


def forget(*names: str) -> None:
    """Forget these modules, the Lambda functions, and whatever has imported them: they will be loaded anew."""
    lost = {name for name, module in sys.modules.items() if _is_of_lambda(module) and name not in UNBROKEN}
    lost |= set(names) & set(sys.modules)
    graph = {name: _imports(path) for name, path in _own_modules().items() if name not in UNBROKEN}
    while more := {name for name, wanted in graph.items() if wanted & lost} - lost:
        lost |= more
    for name in lost:
        sys.modules.pop(name, None)
        package, _, short = name.rpartition(".")
        if package in sys.modules:
            vars(sys.modules[package]).pop(short, None)


@dataclass(frozen=True)
class _Definition:
    """Stands for the path of a file that holds a text."""

    text: str

    def read_text(self) -> str:
        return self.text


def read_all() -> None:
    """Read once what every `forget` has to know."""
    for path in _own_modules().values():
        _imports(path)


def _plant_definition(text: str) -> None:
    """The state machine's definition is a file beside its module."""
    importlib.import_module("traffic_switch.asl").DEFINITION = _Definition(text)  # type: ignore[attr-defined]


def _module(file: str) -> str:
    root = next(root for root in ROOTS if root == "." or file.startswith(f"{root}/"))
    path = file if root == "." else file.removeprefix(f"{root}/")
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _own_modules() -> Mapping[str, str]:
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    own = str(ROOT)
    return {name: file for name, file in files.items() if file and file.startswith(own) and "/.venv/" not in file}


def _is_of_lambda(module: ModuleType) -> bool:
    return (getattr(module, "__file__", None) or "").startswith(str(ROOT / "lambda"))


@cache
def _imports(path: str) -> frozenset[str]:
    """What a module imports, as far as its text tells: modules, and names that may be modules."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(Path(path).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)
