from __future__ import annotations

import json
from pathlib import Path

import pytest

from greenlight.errors import ProjectError
from greenlight.project import CHECKOUT, Project

STAGING = {
    "vpc_cidr": "10.21.0.0/16",
    "services": {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}},
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "cdk.json").write_text((CHECKOUT / "cdk.json").read_text())
    return Project(tmp_path)


def test_declared_facts_change_nothing_else(project: Project) -> None:
    before = json.loads((CHECKOUT / "cdk.json").read_text())

    project.declare("shop", {"green_version": "2.0.0", "active_color": "green"})

    before["context"]["services"]["shop"].update(green_version="2.0.0", active_color="green")
    assert json.loads((project.folder / "cdk.json").read_text()) == before


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ('{"context": {"services": {"shop": {}}}}', '{"context": {"services": {"shop": {"attempt": 2}}}}'),
        (
            '{ "context" : {"services": {"shop":{"a\\"b": [1,  2]}}}}',
            '{ "context" : {"services": {"shop":{"a\\"b": [1,  2], "attempt": 2}}}}',
        ),
        (
            '{"context": {"services": {"shop": {"attempt" : 17 , "paths": ["/ü"]}}}}\r\n',
            '{"context": {"services": {"shop": {"attempt" : 2 , "paths": ["/ü"]}}}}\r\n',
        ),
        (
            '{\n\t"context": {"services": {"shop": {\n\t\t"cpu_units": 256\n\t}}}}',
            '{\n\t"context": {"services": {"shop": {\n\t\t"cpu_units": 256,\n\t\t"attempt": 2\n\t}}}}',
        ),
    ],
    ids=["empty", "one line", "replaced", "indented"],
)
def test_declared_facts_leave_the_rest_of_the_text_as_it_is(project: Project, text: str, changed: str) -> None:
    file = project.folder / "cdk.json"
    file.write_bytes(text.encode())

    project.declare("shop", {"attempt": 2})

    assert file.read_bytes().decode() == changed


def test_a_file_keeps_who_may_read_it(project: Project) -> None:
    file = project.folder / "cdk.json"
    file.chmod(0o640)

    project.declare("shop", {"attempt": 2})

    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("key", ["green_version", "shop.green_version"])
def test_facts_that_another_key_would_override_are_not_written(project: Project, key: str) -> None:
    file = project.folder / "cdk.json"
    body = json.loads(file.read_text())
    body["context"][key] = "1.1.0"
    file.write_text(json.dumps(body))

    with pytest.raises(ProjectError) as caught:
        project.declare("shop", {"green_version": "2.0.0"})

    assert caught.value.message == (
        f"shop is released, but {file} has {key!r} beside `services`, which overrides that: take it out, then run"
        " `greenlight record`. Nothing was written"
    )
    assert json.loads(file.read_text()) == body


@pytest.mark.parametrize(
    ("key", "value"),
    [("green_version", "2.0.0"), ("report.green_version", "1.1.0"), ("blue_version", "1.1.0"), ("shop.attempt", "2")],
    ids=["the same", "of another service", "of another fact", "the same as text"],
)
def test_a_key_that_overrides_nothing_of_it_keeps_no_facts_from_being_written(
    project: Project, key: str, value: str
) -> None:
    file = project.folder / "cdk.json"
    file.write_text(json.dumps({"context": {key: value, "services": {"shop": {}, "report": {}}}}))

    project.declare("shop", {"green_version": "2.0.0", "attempt": 2})

    assert json.loads(file.read_text())["context"]["services"]["shop"] == {"green_version": "2.0.0", "attempt": 2}


def test_a_link_to_a_file_stays_a_link(project: Project) -> None:
    link, file = project.folder / "cdk.json", project.folder / "shared.json"
    link.rename(file)
    link.symlink_to(file)

    project.declare("shop", {"attempt": 2})

    assert link.is_symlink()
    assert json.loads(file.read_text())["context"]["services"]["shop"]["attempt"] == 2


def test_a_file_that_somebody_made_read_only_is_left_alone(project: Project) -> None:
    file = project.folder / "cdk.json"
    before = file.read_text()
    file.chmod(0o440)

    with pytest.raises(ProjectError) as caught:
        project.declare("shop", {"attempt": 2})

    assert "cdk.json could not be written: it is read-only. Write this yourself" in caught.value.message
    assert 'services.shop: {"attempt": 2}' in caught.value.message
    assert file.read_text() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"context": {"services": {"admin": {}}}}', "cdk.json has no 'shop' there any more. Write this yourself"),
        ('{"context": {"services": {"shop": 1}}}', "cdk.json has no 'shop' there any more. Write this yourself"),
        ('{"context": ', "cdk.json is not JSON"),
    ],
    ids=["no service", "no object", "no JSON"],
)
def test_facts_of_a_file_that_changed_meanwhile_are_not_lost(project: Project, text: str, words: str) -> None:
    file = project.folder / "cdk.json"
    file.write_text(text)

    with pytest.raises(ProjectError) as caught:
        project.declare("shop", {"attempt": 2})

    assert caught.value.message.startswith("shop is released, but ")
    assert words in caught.value.message
    assert 'services.shop: {"attempt": 2}' in caught.value.message
    assert file.read_text() == text
    assert [entry.name for entry in project.folder.iterdir()] == ["cdk.json"]


def test_a_broken_cdk_json_is_one_line(project: Project) -> None:
    (project.folder / "cdk.json").write_text('{"context": ')

    with pytest.raises(ProjectError, match=r"cdk\.json is not JSON: .*line 1") as caught:
        project.settings()
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "cdk.json: holds list; allowed: an object"),
        ("null", "cdk.json: holds null; allowed: an object"),
        ('{"context": null}', "cdk.json: context: got null; allowed: an object of settings by name"),
        ('{"context": [1]}', "cdk.json: context: got list; allowed: an object of settings by name"),
        ('{"context": "shop"}', "cdk.json: context: got str; allowed: an object of settings by name"),
        ("[" * 100_000, "cdk.json: got objects or lists that are too deep to read"),
        ('{"context": {"waf": true, "waf": false}}', "cdk.json: 'waf' is there twice in one object; allowed: once"),
        ('{"context": {"stages": {"a": {}, "a": {}}}}', "cdk.json: 'a' is there twice in one object; allowed: once"),
        ('{"context": {"services": "{}"}}', "services: got text; allowed: a JSON object"),
        ('{"context": {"stages": "{}"}}', "stages: got text; allowed: a JSON object"),
    ],
)
def test_what_cannot_be_meant_is_one_line(project: Project, text: str, words: str) -> None:
    (project.folder / "cdk.json").write_text(text)

    with pytest.raises(ProjectError) as caught:
        project.settings()
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_a_missing_cdk_json_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be read: No such file"):
        Project(tmp_path).settings()


def test_a_setting_that_is_not_allowed_is_told_by_its_name(project: Project) -> None:
    with pytest.raises(ProjectError, match="active_color"):
        project.settings({"active_color": "purple"})


def test_the_facts_of_a_stage_are_declared_at_the_stage(project: Project) -> None:
    file = project.folder / "cdk.json"
    before = json.loads(file.read_text())
    before["context"]["stages"] = {"staging": STAGING}
    file.write_text(json.dumps(before))

    Project(project.folder, "staging").declare("shop", {"green_version": "2.0.0", "active_color": "green"})

    before["context"]["stages"]["staging"]["services"]["shop"].update(green_version="2.0.0", active_color="green")
    assert json.loads(file.read_text()) == before
    assert Project(project.folder, "staging").settings().services[0].green_version == "2.0.0"
    assert project.settings().services[0].green_version == "1.0.0"


def test_a_project_without_stages_has_none(project: Project) -> None:
    with pytest.raises(ProjectError, match=r"stage: got .staging.; allowed: none, since cdk.json declares no stage"):
        Project(project.folder, "staging").settings()


@pytest.mark.parametrize(("stage", "where"), [(None, "services.shop"), ("staging", "stages.staging.services.shop")])
def test_facts_that_cannot_be_written_are_told_so_that_nothing_is_lost(
    project: Project, stage: str | None, where: str
) -> None:
    file = project.folder / "cdk.json"
    body = json.loads(file.read_text())
    body["context"]["stages"] = {"staging": STAGING}
    file.write_text(json.dumps(body))
    (project.folder / "cdk.json.new").mkdir()

    with pytest.raises(ProjectError) as caught:
        Project(project.folder, stage).declare("shop", {"green_version": "2.0.0"})

    assert caught.value.message.endswith(
        "cdk.json could not be written: Is a directory. Write this yourself, or the next deploy undoes it:"
        f' {where}: {{"green_version": "2.0.0"}}'
    )
    assert json.loads(file.read_text()) == body
