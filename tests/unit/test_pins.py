"""What is installed is what was looked at once: every package has its version and its hash."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from greenlight.project import CHECKOUT

LOCKS = ("package-lock.json", "services/shop/package-lock.json", "tests/browser/package-lock.json")


def test_every_python_package_has_a_version_and_a_hash() -> None:
    wanted = re.split(r"\n(?=\S)", (CHECKOUT / "requirements.txt").read_text().strip())

    assert len(wanted) > 50
    assert [
        each for each in wanted if not re.match(r"[a-z0-9._-]+(\[\w+\])?==\S+ .*?--hash=sha256:", each, re.DOTALL)
    ] == []


def test_packages_are_installed_by_their_hashes_alone() -> None:
    installs = [line for line in (CHECKOUT / "Makefile").read_text().splitlines() if "pip install" in line]

    assert installs
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation --editable ." in line for line in installs)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_npm_package_has_a_hash(lock: str) -> None:
    packages = json.loads((CHECKOUT / Path(lock)).read_text())["packages"]

    assert [name for name, entry in packages.items() if name and not entry["integrity"].startswith("sha512-")] == []


def _bases(dockerfile: Path) -> list[str]:
    """What each stage is built on, but for earlier stages of the same file."""
    froms = [line.split() for line in dockerfile.read_text().splitlines() if line.startswith("FROM ")]
    stages = {words[-1] for words in froms if len(words) == 4}
    return [words[1] for words in froms if words[1] not in stages]


def test_every_image_is_built_on_a_base_by_its_digest() -> None:
    bases = [base for dockerfile in sorted(CHECKOUT.glob("services/*/Dockerfile")) for base in _bases(dockerfile)]

    assert bases
    assert [base for base in bases if not re.fullmatch(r"[a-z0-9./-]+:[\w.-]+@sha256:[0-9a-f]{64}", base)] == []
