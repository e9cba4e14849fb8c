"""The CDK's own rules hold for a rehearsal's templates, though its first deployment does not wait for them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from aws_cdk import App, CfnResource, Stack

from greenlight.project import CHECKOUT
from greenlight.rehearsal import synthesizer
from greenlight.rehearsal.synthesis import finished_mark

CONTEXT = json.loads((CHECKOUT / "cdk.json").read_text())["context"]


def wrong(app: App, _: object) -> None:
    """One bucket with a property that no bucket has."""
    CfnResource(Stack(app, "Wrong"), "Bucket", type="AWS::S3::Bucket", properties={"Bukket": "x"})


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where the templates of a plan are to be; the app is the wrong one."""
    monkeypatch.setattr(synthesizer, "build", wrong)
    folders = [tmp_path / "first", tmp_path / "release"]
    plan = {"context": CONTEXT, "assemblies": [{"folder": str(folder), "flags": {}} for folder in folders]}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    monkeypatch.setattr(sys, "argv", ["synthesizer", str(tmp_path / "plan.json")])
    return folders


def test_what_the_rules_forbid_fails_the_second_assembly_and_leaves_the_first_unchecked(folders: list[Path]) -> None:
    with pytest.raises(RuntimeError, match="ValidationFailed: ERROR Bukket"):
        synthesizer.main()

    assert [finished_mark(folder).exists() for folder in folders] == [True, False]


def test_the_only_assembly_of_a_plan_is_checked(folders: list[Path], tmp_path: Path) -> None:
    plan = json.loads((tmp_path / "plan.json").read_text())
    (tmp_path / "plan.json").write_text(json.dumps({**plan, "assemblies": plan["assemblies"][:1]}))

    with pytest.raises(RuntimeError, match="ValidationFailed: ERROR Bukket"):
        synthesizer.main()

    assert not finished_mark(folders[0]).exists()
