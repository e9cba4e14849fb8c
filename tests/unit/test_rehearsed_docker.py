"""What a rehearsed repository brings as Docker: nothing is built, and what is not played is refused."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from greenlight.delivery.image_archive import ImageArchive
from greenlight.project import CHECKOUT
from greenlight.rehearsal.acts.pipeline.brought import aws_cli, docker_cli
from greenlight.rehearsal.acts.pipeline.brought.image import Image
from greenlight.rehearsal.runner.spec import ImageReference

NAME = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/greenlight/shop:3.0.0"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "Dockerfile").write_text("FROM scratch\nCOPY . .\n")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    docker_cli.main(list(arguments))
    return capsys.readouterr().out.strip()


def built(home: Path) -> None:
    docker_cli.main(["build", "--platform", "linux/arm64", "--label", "a=b=c", "--tag", NAME, str(home / "shop")])


def test_an_image_that_was_built_has_its_labels(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    built(home)
    capsys.readouterr()

    assert said(capsys, "image", "inspect", "--format", '{{index .Config.Labels "a"}}', NAME) == "b=c"
    assert said(capsys, "image", "inspect", "--format", '{{index .Config.Labels "other"}}', NAME) == ""


def test_two_names_of_an_image_have_one_digest(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    built(home)
    docker_cli.main(["tag", NAME, f"{NAME}-again"])
    capsys.readouterr()
    asked = ("image", "inspect", "--format", "{{index .RepoDigests 0}}")

    assert said(capsys, *asked, NAME).startswith(f"{NAME.removesuffix(':3.0.0')}@sha256:")
    assert said(capsys, *asked, f"{NAME}-again") == said(capsys, *asked, NAME)


def test_an_image_is_for_the_platform_that_was_asked_for() -> None:
    image = Image.of(ImageReference.parse(NAME), "arm64", {}, ".")

    assert json.loads(image.config)["architecture"] == "arm64"


def test_what_is_saved_names_its_layer_by_its_digest(home: Path) -> None:
    built(home)
    docker_cli.main(["save", "--output", str(home / "image.tar"), NAME])
    with tarfile.open(home / "image.tar") as archive:
        told, layer = (archive.extractfile(name) for name in ("config.json", "layer.tar"))
        assert told
        assert layer
        found = json.load(told)["rootfs"]["diff_ids"]

        assert found == [f"sha256:{hashlib.sha256(layer.read()).hexdigest()}"]


def test_what_is_saved_has_the_folders_files_and_the_dockerfiles_lines(home: Path) -> None:
    (home / "shop" / ".netrc").write_text("secret")
    built(home)
    docker_cli.main(["save", "--output", str(home / "image.tar"), NAME])
    archive = ImageArchive(home / "image.tar")

    assert archive.history() == ["FROM scratch", "COPY . ."]
    assert {"app/.netrc", "app/Dockerfile"} <= {each.path for each in archive.files()}


def test_an_image_that_was_pulled_is_saved_without_files(home: Path) -> None:
    image = Image.of(ImageReference.parse(NAME), "amd64", {}, "")
    image.save(home / "image.tar")
    archive = ImageArchive(home / "image.tar")

    assert archive.history() == []
    assert list(archive.files()) == []


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["build", "--tag", NAME, "nowhere"], "no such file"),
        (["push", NAME], f"No such image: {NAME}"),
        (["run", "--detach", "--env", "A=B", NAME], f"No such image: {NAME}"),
    ],
)
def test_docker_would_refuse_it_and_so_does_this(arguments: list[str], refusal: str) -> None:
    with pytest.raises(SystemExit, match=refusal):
        docker_cli.main(arguments)


@pytest.mark.parametrize("name", ["compose", "image ls"])
def test_what_is_not_played_is_refused_by_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        docker_cli.main(name.split())

    assert ended.value.code == 125
    assert f"a rehearsed build has no `docker {name}`" in capsys.readouterr().err


class Ecr:
    """ECR as it answers for one tag."""

    def __init__(self, **answer: list[dict[str, Any]]) -> None:
        self._answer = {"images": [], "failures": [], **answer}

    def batch_get_image(self, **_asked: object) -> dict[str, Any]:
        return self._answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"images": [{"imageId": {"imageTag": "3.0.0", "imageDigest": "sha256:abc"}}]}, "sha256:abc"),
        ({"failures": [{"imageId": {"imageTag": "3.0.0"}, "failureCode": "ImageNotFound"}]}, "ImageNotFound"),
    ],
)
def test_the_aws_cli_says_what_a_tag_names_as_the_script_asks_for_it(
    answer: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The script's own command line is what the stand-in is told."""
    monkeypatch.setattr("boto3.client", lambda _service: Ecr(**answer))
    fake = tmp_path / "aws"
    fake.write_text('#!/bin/sh\nprintf "%s" "$*" >"$HOME/asked"\necho ImageNotFound\n')
    fake.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    told = {"PATH": path, "HOME": str(tmp_path), "IMAGES": NAME.rpartition(":")[0]}
    subprocess.run(["bash", "-c", ". delivery/registry.sh; named_by 3.0.0"], cwd=CHECKOUT, env=told, check=True)

    assert aws_cli.answer((tmp_path / "asked").read_text()) == said


def test_no_other_command_of_the_aws_cli_is_played() -> None:
    with pytest.raises(SystemExit, match=r"asked for: aws s3 ls"):
        aws_cli.main(["s3", "ls"])
