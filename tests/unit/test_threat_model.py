"""The threat model claims nothing that no test holds."""

from __future__ import annotations

import re

import pytest

from greenlight.project import CHECKOUT

PAGE = (CHECKOUT / "docs" / "threat-model.md").read_text()
CLAIMS = re.findall(r"^\| .+ \| .+ \| `(tests/\S+\.py)::(test_\w+)` \|$", PAGE, re.MULTILINE)


def test_every_row_of_the_claims_names_its_test() -> None:
    table = PAGE.partition("## Claims")[2].partition("## What is not defended")[0]

    assert len(CLAIMS) == table.count("\n| ") - 1 > 20


@pytest.mark.parametrize(("file", "name"), CLAIMS)
def test_the_test_of_a_claim_is_there(file: str, name: str) -> None:
    assert f"def {name}(" in (CHECKOUT / file).read_text()
