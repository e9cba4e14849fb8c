"""A file of settings to rehearse: the same keys and the same reader as cdk.json's, and every error names the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from greenlight.errors import OperatorError
from greenlight.project import CHECKOUT, Project
from greenlight.rehearsal.config_file import ConfigFile

PROJECT = Project(CHECKOUT)


def written(folder: Path, content: Any) -> Path:
    file = folder / "production.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_the_file_is_laid_over_cdk_json_and_the_rehearsal_over_the_file(tmp_path: Path) -> None:
    file = ConfigFile.read(written(tmp_path, {"waf": False, "bake_seconds": 300, "nat_gateways": 1}))

    settings = file.settings(PROJECT, {"bake_seconds": 60})

    assert (settings.waf, settings.nat_gateways, settings.bake_seconds) == (False, 1, 60)
    assert settings.services == PROJECT.settings().services


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"nat_gateway": 1}, "production.json: unknown setting nat_gateway (1); did you mean nat_gateways?"),
        ({"waf": "no thanks"}, "production.json: waf: got 'no thanks'; allowed: true or false"),
        ({"services": {"shop": {"path": "/"}}}, "production.json: unknown setting services.shop.path"),
        ({"blue_version": "3"}, "production.json: blue_version: got '3'; allowed: nothing, use --live and --next"),
        ({"shop.attempt": 2}, "production.json: shop.attempt: got 2; allowed: nothing, use --live and --next"),
        ([], "production.json holds list; allowed: an object of settings by name"),
        ("{", "production.json is not JSON: Expecting property name"),
        ('{"waf": true, "waf": false}', "production.json: 'waf' is there twice in one object; allowed: once"),
        (
            {"context": {"waf": True}},
            "production.json has a key context, as a whole cdk.json has; allowed: what stands",
        ),
        ({"services": "{}"}, "production.json: services: got text; allowed: a JSON object"),
    ],
)
def test_a_refusal_is_one_line_with_the_file_and_the_key(tmp_path: Path, content: Any, words: str) -> None:
    with pytest.raises(OperatorError) as refused:
        ConfigFile.read(written(tmp_path, content)).settings(PROJECT, {})

    assert words in refused.value.message
    assert "\n" not in refused.value.message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"gone\.json cannot be read: No such file"):
        ConfigFile.read(tmp_path / "gone.json")
