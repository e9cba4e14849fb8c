"""What a rehearsed commit says in its cdk.json."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from greenlight.project import CHECKOUT
from greenlight.rehearsal.acts.pipeline.repository import FACTS, Repository
from greenlight.rehearsal.acts.pipeline.settings import SETTINGS
from greenlight.rehearsal.stage import Stage
from stacks.options.compute import RENEWED_AT


@pytest.fixture
def committed(tmp_path: Path) -> dict[str, Any]:
    """The cdk.json of the first commit, where an act before has renewed the host."""
    facts = {"app": "elsewhere", "context": {RENEWED_AT: "2026-11-22T12:00:00Z", "compute": "ec2"}}
    (tmp_path / FACTS).write_text(json.dumps(facts))
    stage = SimpleNamespace(place=SimpleNamespace(project=SimpleNamespace(folder=tmp_path)))
    return dict(json.loads(Repository(cast(Stage, stage))._project()))


def test_it_asks_for_no_other_host_than_the_one_that_the_scene_deployed(committed: dict[str, Any]) -> None:
    assert RENEWED_AT not in committed["context"]


def test_it_has_the_rehearsals_settings_and_the_pipelines(committed: dict[str, Any]) -> None:
    assert committed["context"] == {"compute": "ec2", **SETTINGS}
    assert committed["app"] == json.loads((CHECKOUT / FACTS).read_text())["app"]
