"""docs/fidelity.md keeps up with the adapters of the local cloud, and says of each interface what it is worth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fidelity_page import FIDELITIES, Row, adapters, named, rows

ROOT = Path(__file__).parents[2]
CLOUD = ROOT / "greenlight" / "rehearsal" / "cloud"
SHORTEST_EXPLANATION = 15


def shown(row: Row) -> str:
    return f"{row.section}-{row.interface[:40]}"


def test_every_adapter_has_its_section() -> None:
    folders = {path.parent.name for path in CLOUD.glob("*/service.py")}

    assert folders == adapters()


def test_every_resource_type_that_an_adapter_has_is_on_the_page() -> None:
    types = {
        kind for file in CLOUD.rglob("*.py") for kind in re.findall(r'"(AWS::\w+::\w+)"', file.read_text())
    }  # fmt: skip

    assert types <= named()


@pytest.mark.parametrize("row", rows(), ids=shown)
def test_a_row_says_how_faithful_it_is_and_why(row: Row) -> None:
    assert row.fidelity in FIDELITIES
    assert len(row.words) >= SHORTEST_EXPLANATION
    if row.fidelity == "as AWS":
        assert "](https://docs.aws.amazon.com/" in row.words


def test_no_interface_has_two_rows() -> None:
    interfaces = [(row.section, row.interface) for row in rows()]

    assert len(interfaces) == len(set(interfaces))
