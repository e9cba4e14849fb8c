from __future__ import annotations

import json

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from tests.synth.conftest import Synthesize

REGION = "us-east-1"
NOT_ASKED = ["W3005"]
"""The CDK writes a DependsOn for each dependency, also where a reference says it already."""


@pytest.mark.parametrize("compute", ["ec2", "fargate"])
def test_cfn_lint_finds_nothing_in_any_template(synthesize: Synthesize, compute: str) -> None:
    templates = synthesize(compute=compute)

    found = [
        f"{name}: {match}"
        for name, template in templates.items()
        for match in lint(json.dumps(template), config=ManualArgs(regions=[REGION], ignore_checks=NOT_ASKED))
    ]
    assert not found, "\n".join(found)
