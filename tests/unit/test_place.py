from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from greenlight.errors import RehearsalError
from greenlight.project import CHECKOUT, Project
from greenlight.rehearsal.keys import RunKeys
from greenlight.rehearsal.pace import QUICK, cloud_variables, overlay
from greenlight.rehearsal.place import HIDDEN, Place, client_environment, rehearsed_project


def test_two_rehearsals_cannot_share_a_place(tmp_path: Path) -> None:
    place = Place(tmp_path / "rehearsal")

    with (
        place.occupy(),
        pytest.raises(RehearsalError, match=rf"another rehearsal is running here \(process {os.getpid()}\)"),
    ):
        place.occupy()


def test_a_new_rehearsal_begins_with_an_empty_place(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "report.json").write_text("old")

    with place.occupy():
        assert not (tmp_path / "report.json").exists()


def test_the_copy_of_the_project_has_the_rehearsals_settings_and_the_checkout_keeps_its_own(tmp_path: Path) -> None:
    before = (CHECKOUT / "cdk.json").read_text()
    place = Place(tmp_path)
    with place.occupy():
        place.write_project(rehearsed_project(Project(CHECKOUT), {"bake_seconds": 4}, {"shop": {"green_version": "9"}}))

    copied = json.loads((place.project.folder / "cdk.json").read_text())["context"]
    assert (copied["bake_seconds"], copied["services"]["shop"]["green_version"]) == (4, "9")
    assert (CHECKOUT / "cdk.json").read_text() == before


def test_no_client_can_reach_a_real_account(tmp_path: Path) -> None:
    environment = client_environment(4566, tmp_path, RunKeys.draw())

    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert "AWS_PROFILE" in HIDDEN


def test_a_quick_rehearsals_settings_are_allowed_ones() -> None:
    settings = Project(CHECKOUT).settings(overlay(real_time=False))

    assert {name: getattr(settings, name) for name in QUICK} == QUICK


def test_in_real_time_nothing_is_replaced() -> None:
    assert overlay(real_time=True) == {}
    assert cloud_variables(real_time=True) == {}
