"""The unit tests are quick: none of them starts Node.js, which the CDK does as soon as it is imported."""

from __future__ import annotations

import re

from greenlight.project import CHECKOUT

CONSTRUCTS = CHECKOUT / "constructs" / "greenlight_cdk"


def test_no_unit_test_imports_the_cdk() -> None:
    slow = {path.stem for path in CONSTRUCTS.glob("*.py") if "from aws_cdk" in path.read_text()}
    wanted = re.compile(rf"^(from|import) (aws_cdk|greenlight_cdk\.({'|'.join(slow)})\b)", re.MULTILINE)

    assert slow
    assert [path.name for path in (CHECKOUT / "tests" / "unit").glob("*.py") if wanted.search(path.read_text())] == []
