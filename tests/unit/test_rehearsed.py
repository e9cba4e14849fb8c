"""The settings that are rehearsed: production's certificate never leaves production."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from greenlight.errors import ProjectError
from greenlight.project import CHECKOUT, Project
from greenlight.rehearsal.certificates import CERTIFICATE_ID, local_arn
from greenlight.rehearsal.config_file import ConfigFile
from greenlight.rehearsal.place import rehearsed_project
from greenlight.rehearsal.rehearsed import Rehearsed, rehearsed
from greenlight.rehearsal.synthesis import Plan
from greenlight.rehearsal.versions import Cast
from stacks.settings import Settings

OURS = "arn:aws:acm:eu-west-1:123456789012:certificate/0f5bdf4e"
TLS = {"certificate_arn": OURS, "domain_name": "shop.example.org"}


def read(values: dict[str, Any], cast: Cast | None = None) -> Rehearsed:
    file = ConfigFile(Path("production.json"), values)
    return rehearsed(Project(CHECKOUT), file, "ec2", False, cast or Cast("1", "2"))


def test_a_certificate_is_played_by_its_namesake_in_the_rehearsals_account_and_region() -> None:
    found = read(TLS)

    assert found.settings.certificate_arn == "arn:aws:acm:us-east-1:000000000000:certificate/0f5bdf4e"
    assert found.laid_over["certificate_arn"] == found.settings.certificate_arn
    assert found.settings.domain_name == "shop.example.org"


def test_without_a_certificate_there_is_none() -> None:
    assert read({}).settings.certificate_arn is None
    assert local_arn(None).endswith(CERTIFICATE_ID)


def test_the_pace_of_the_rehearsal_wins_over_the_file() -> None:
    assert read({"bake_seconds": 300, "gate_min_healthy": 2}).settings.bake_seconds == 4


@pytest.mark.parametrize("values", [{"gate_consecutive": 10}, {"bake_must_detect_percent": 2.5, "bake_probe_rate": 40}])
def test_settings_that_only_the_pace_of_the_rehearsal_forbids_are_told_so(values: dict[str, Any]) -> None:
    file = ConfigFile(Path("production.json"), values)
    assert rehearsed(Project(CHECKOUT), file, "ec2", True, Cast("1", "2"))

    with pytest.raises(
        ProjectError, match=r"^production.json: .*own settings of time.*: rehearse these with --real-time$"
    ):
        read(values)


def test_settings_that_are_wrong_by_themselves_do_not_blame_the_pace() -> None:
    with pytest.raises(ProjectError) as refused:
        read({"gate_consecutive": 0})

    assert refused.value.message == "production.json: gate_consecutive: got 0; allowed: an integer from 1 to 20"


@pytest.mark.parametrize("values", [None, {"vpc_cidr": "10.21.0.0/16"}])
def test_a_stage_beside_production_is_not_in_the_way(tmp_path: Path, values: dict[str, Any] | None) -> None:
    body = json.loads((CHECKOUT / "cdk.json").read_text())
    services = {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}}
    body["context"]["stages"] = {"staging": {"vpc_cidr": "10.21.0.0/16", "bake_seconds": 60, "services": services}}
    (tmp_path / "cdk.json").write_text(json.dumps(body))
    file = None if values is None else ConfigFile(Path("production.json"), values)

    found = rehearsed(Project(tmp_path), file, "ec2", False, Cast("1", "2"))
    copy = rehearsed_project(Project(tmp_path), found.laid_over, {"shop": {"blue_version": "1", "green_version": "1"}})

    assert Settings.from_context(copy["context"], copy["context"]).bake_seconds == 4


def test_a_version_that_no_image_can_have_is_not_the_files_fault() -> None:
    with pytest.raises(ProjectError) as refused:
        read({}, Cast("a b", "2"))

    assert refused.value.message.startswith("shop.blue_version: got 'a b'")


def test_a_certificate_is_made_when_any_step_needs_one() -> None:
    plain = read({}).settings

    assert not Plan(plain, {}, {"first": {}}).needs_a_certificate
    assert Plan(plain, {}, {"first": {}, "later": TLS}).needs_a_certificate
    assert Plan(read(TLS).settings, {}, {"first": {}}).needs_a_certificate
