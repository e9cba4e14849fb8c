"""Which Python a function runs on: the one that its runtime names, if it is there and works."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from greenlight.processes.owner import Processes
from greenlight.rehearsal.cloud.control import Control
from greenlight.rehearsal.cloud.lambda_functions.interpreters import Interpreters, version_of
from greenlight.rehearsal.cloud.silences import Silences

OWN = f"python{sys.version_info.major}.{sys.version_info.minor}"


Ask = Callable[[str], str]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    with Processes() as processes:
        yield partial(version_of, processes)


@pytest.fixture
def silences() -> Silences:
    return Silences(Control("token"))


def install(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, script: str) -> str:
    """Put a program on PATH that is called like an interpreter."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return str(program)


def notes(silences: Silences) -> list[str]:
    found: list[str] = silences._show("GET", {}, None)[1]["notes"]  # type: ignore[index]
    return found


def test_a_function_runs_on_the_python_that_its_runtime_names(
    silences: Silences, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = install(monkeypatch, tmp_path, "python3.99", "echo python3.99")

    assert Interpreters(silences, ask).executable("python3.99") == named
    assert notes(silences) == []


def test_it_runs_on_the_rehearsals_own_if_that_is_the_one(silences: Silences, ask: Ask) -> None:
    assert Interpreters(silences, ask).executable(OWN) == sys.executable
    assert notes(silences) == []


@pytest.mark.parametrize("script", ["exit 1", "echo python3.98"], ids=["a shim without its version", "another"])
def test_what_is_not_that_python_is_not_taken_and_that_is_said_once(
    silences: Silences, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    install(monkeypatch, tmp_path, "python3.99", script)
    interpreters = Interpreters(silences, ask)

    assert [interpreters.executable("python3.99") for _ in range(2)] == [sys.executable] * 2
    assert notes(silences) == [f"functions name python3.99, which is not installed here: they run on {OWN}"]
