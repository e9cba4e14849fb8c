"""What Dockerfiles promise: each is linted, and none is told a secret in a way that stays in the image."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from greenlight.project import CHECKOUT

MADE = {".venv", "node_modules", "build", ".git"}
DOCKERFILES = sorted(
    path
    for folder in ("services", "stacks", "constructs", "lambda", "greenlight", "delivery", "tests", "bench")
    for path in (CHECKOUT / folder).rglob("*Dockerfile*")
    if not MADE & set(path.relative_to(CHECKOUT).parts)
)
SECRET = re.compile(r"token|passw|secret|credential|private_?key|api_?key|access_?key|auth", re.IGNORECASE)
KEPT = re.compile(r"^\s*(?:ARG|ENV)\s+(.+)$", re.MULTILINE | re.IGNORECASE)


def test_every_dockerfile_is_linted() -> None:
    (linted,) = re.findall(r"^DOCKERFILES := \$\(wildcard (.+)\)$", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)

    assert sorted(CHECKOUT.glob(linted)) == DOCKERFILES
    assert re.search(r"^\t\$\(BIN\)/hadolint .*\$\(DOCKERFILES\)$", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_what_the_linter_is_told_to_pass_over_has_its_reason_above(dockerfile: Path) -> None:
    lines = dockerfile.read_text().splitlines()
    passed_over = [number for number, line in enumerate(lines) if "hadolint ignore" in line]

    assert [lines[number] for number in passed_over if not lines[number - 1].startswith("# ")] == []


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_no_secret_is_an_argument_or_a_variable_of_a_build(dockerfile: Path) -> None:
    """Both stay in the image's history (Docker's reference of `ARG`); a mount of type secret does not."""
    assert [said for said in KEPT.findall(dockerfile.read_text()) if SECRET.search(said)] == []


@pytest.mark.parametrize("script", sorted((CHECKOUT / "delivery").rglob("*.sh")), ids=lambda path: path.name)
def test_no_build_is_told_arguments(script: Path) -> None:
    assert "--build-arg" not in script.read_text()
