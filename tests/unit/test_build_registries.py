"""Rehearsed builds find the package registries of whoever rehearses, and nothing else of theirs."""

from __future__ import annotations

from pathlib import Path

from greenlight.rehearsal.cloud.codebuild.registries import registry_settings
from greenlight.rehearsal.cloud.environment import cloud_environment


def test_settings_of_registries_reach_builds_and_others_do_not(tmp_path: Path) -> None:
    mine = {"HOME": str(tmp_path), "PIP_INDEX_URL": "https://mirror", "SECRET": "x", "AWS_PROFILE": "production"}

    assert registry_settings(mine) == {"PIP_INDEX_URL": "https://mirror"}


def test_the_cloud_keeps_them_for_its_builds(tmp_path: Path) -> None:
    found = cloud_environment(4566, tmp_path, True, {"UV_INDEX_URL": "https://mirror", "SECRET": "x"})

    assert found["UV_INDEX_URL"] == "https://mirror"
    assert "SECRET" not in found


def test_files_of_registries_are_named_and_not_copied(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").touch()
    (tmp_path / ".pip").mkdir()
    (tmp_path / ".pip" / "pip.conf").touch()

    assert registry_settings({"HOME": str(tmp_path)}) == {
        "NPM_CONFIG_USERCONFIG": str(tmp_path / ".npmrc"),
        "PIP_CONFIG_FILE": str(tmp_path / ".pip" / "pip.conf"),
    }
