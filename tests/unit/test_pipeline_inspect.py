"""What is looked at before an image is pushed: secrets that its build left behind, and its size."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from greenlight.commands.pipeline import inspect as pipeline_inspect
from greenlight.delivery.image_archive import ImageArchive
from greenlight.delivery.leaks import leaks
from greenlight.delivery.service_images import ServiceImages
from greenlight.delivery.waivers import FILE
from greenlight.errors import ReleaseError
from tests.unit.image_archives import archive, tarred, zipped
from tests.unit.operator_world import CONTEXT, Desk, seated

NOISE = random.Random(1).randbytes(50_000)
"""What no compression makes smaller."""
INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass
class FakeEcr:
    """Manifests by what names them."""

    manifests: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def batch_get_image(self, **asked: Any) -> Any:
        ((name,),) = (each.values() for each in asked["imageIds"])
        self.asked.append(f"{asked['repositoryName']} {name}")
        found = self.manifests.get(name)
        return {"images": [{"imageManifest": json.dumps(found)}] if found else []}


def image(*sizes: int) -> dict[str, Any]:
    return {"layers": [{"size": each} for each in sizes]}


@pytest.fixture
def ecr() -> FakeEcr:
    return FakeEcr({"live-blue": image(40_000), "live-green": image(30_000, 5_000)})


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ecr: FakeEcr) -> Desk:
    monkeypatch.setattr(pipeline_inspect, "ServiceImages", lambda repository: ServiceImages(repository, ecr))
    return seated(tmp_path, monkeypatch)


def inspected(desk: Desk, file: Path) -> tuple[int, str]:
    code, said = desk.type("pipeline", "inspect", "shop", str(file))
    return code, " ".join(said.split())


def test_an_image_of_the_size_of_what_runs_may_be_pushed(desk: Desk, ecr: FakeEcr, tmp_path: Path) -> None:
    code, said = inspected(desk, archive(tmp_path / "i.tar", {"app/a.js": NOISE}))

    assert (code, said) == (0, "shop: 0.1 MB, +26 % against 0.0 MB, the largest that runs")
    assert ecr.asked == ["greenlight/shop live-blue", "greenlight/shop live-green"]


def test_an_image_that_has_grown_too_much_is_refused(desk: Desk, tmp_path: Path) -> None:
    code, said = inspected(desk, archive(tmp_path / "i.tar", {"app/a.js": NOISE}, {"app/b.js": NOISE[::-1]}))

    assert code == 1
    assert "+151 % against 0.0 MB, the largest that runs; allowed: +50 % (image_growth_percent)" in said
    assert "Nothing was pushed" in said


@pytest.mark.parametrize("limit", [200, None])
def test_the_limit_is_a_setting(desk: Desk, tmp_path: Path, limit: int | None) -> None:
    (desk.folder / "cdk.json").write_text(json.dumps({"context": {**CONTEXT, "image_growth_percent": limit}}))

    assert inspected(desk, archive(tmp_path / "i.tar", {"a": NOISE}, {"b": NOISE[::-1]}))[0] == 0


def test_a_first_image_has_nothing_to_be_compared_with(desk: Desk, ecr: FakeEcr, tmp_path: Path) -> None:
    ecr.manifests = {}

    assert inspected(desk, archive(tmp_path / "i.tar", {"a": NOISE})) == (
        0,
        "shop: 0.1 MB to push; nothing runs yet to compare it with",
    )


def test_of_an_index_the_image_of_the_platform_counts() -> None:
    children = [("sha256:a", "amd64"), ("sha256:b", "arm64"), ("sha256:c", "unknown")]
    index = {
        "mediaType": INDEX,
        "manifests": [
            {"digest": digest, "platform": {"os": "linux", "architecture": each}} for digest, each in children
        ],
    }
    ecr = FakeEcr({"live-blue": index, "sha256:a": image(1), "sha256:b": image(20, 3), "sha256:c": image(400)})

    assert ServiceImages("shop", ecr).sizes(["live-blue"], "linux/arm64") == {"live-blue": 23}


def test_a_repository_that_may_not_be_read_is_told_in_one_line() -> None:
    class Closed:
        def batch_get_image(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "BatchGetImage")

    with pytest.raises(ReleaseError, match=r"^the repository shop could not be used: AWS denied"):
        ServiceImages("shop", Closed()).sizes(["live-blue"], "linux/amd64")


def test_a_layer_weighs_what_is_pushed(tmp_path: Path) -> None:
    files = {"a.txt": b"a" * 1_000_000}
    plain = ImageArchive(archive(tmp_path / "plain.tar", files)).pushed_bytes()
    packed = ImageArchive(archive(tmp_path / "packed.tar", zipped(files))).pushed_bytes()

    assert len(gzip.compress(tarred(files))) == pytest.approx(plain, rel=0.1)
    assert packed == len(zipped(files))


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("RUN |1 NPM_TOKEN=abc /bin/sh -c npm ci", ["a value of NPM_TOKEN in the history"]),
        ("ENV DB_PASSWORD=hunter2", ["a value of DB_PASSWORD in the history"]),
        ("RUN /bin/sh -c AWS_SECRET_ACCESS_KEY=x aws s3 cp", ["a value of AWS_SECRET_ACCESS_KEY in the history"]),
        ("ENV GITHUB_PAT=ghp_x", ["a value of GITHUB_PAT in the history"]),
        ("ENV SECRET_KEY_BASE=x", ["a value of SECRET_KEY_BASE in the history"]),
        ("ENV S3_SECRETKEY=x", ["a value of S3_SECRETKEY in the history"]),
        ("ENV TOKENS=x", ["a value of TOKENS in the history"]),
        ("ENV dbpassword2=x", ["a value of dbpassword2 in the history"]),
        ("ENV AWS_ACCESS_KEY_ID=x", ["a value of AWS_ACCESS_KEY_ID in the history"]),
        ("ENV DATABASE_URL=postgres://u:p@h/d", ["an address with a password in the history"]),
        ("ENV CACHE=redis://:p@h", ["an address with a password in the history"]),
        ("RUN git clone https://x-access-token:${PAT}@h/d", []),
        ("FROM docker://h:5000/d@sha256:ab", []),
        ("ENV TOKEN_TTL=300 DB_PASSWORD_FILE=/run/secrets/db TOKENIZERS_PARALLELISM=x", []),
        ("ENV SECRETS_MANAGER_REGION=us-east-1 USE_TOKEN=true COMPAT=x", []),
        ("ENV NODE_VERSION=24.19.0", []),
        ("ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305", []),
        ("ARG NPM_TOKEN", []),
        ("RUN --mount=type=secret,id=npm_token npm ci", []),
        ('RUN /bin/sh -c NPM_TOKEN="$(cat /run/secrets/npm_token)" npm ci', []),
    ],
)
def test_a_value_that_looks_secret_in_the_history_is_found(made: str, found: list[str]) -> None:
    assert leaks([made], []) == found


@pytest.mark.parametrize(
    ("path", "content", "found"),
    [
        ("root/.ssh/id_ed25519", b"", ["the file /root/.ssh/id_ed25519"]),
        ("root/.aws/credentials", b"", ["the file /root/.aws/credentials"]),
        ("app/.npmrc", b"//registry.example.com/:_authToken=x", ["a key in /app/.npmrc"]),
        ("etc/pip.conf", b"index-url = https://ann:pw@pypi.example.com/", ["a key in /etc/pip.conf"]),
        ("app/.npmrc", b"//r/:_authToken = x", ["a key in /app/.npmrc"]),
        ("app/.npmrc", b"_auth=${A}x", ["a key in /app/.npmrc"]),
        ("app/.yarnrc", b'"//r/:_authToken" "x"', ["a key in /app/.yarnrc"]),
        ("app/.yarnrc.yml", b"npmAuthToken: x", ["a key in /app/.yarnrc.yml"]),
        ("app/.yarnrc.yml", b'npmAuthToken: "${NPM_TOKEN:-}"\n', []),
        ("app/.npmrc", b"//r/:_authToken=${NPM_TOKEN}\n_password = ${PW}\n_auth=\naudit=false", []),
        ("app/.npmrc", b"//r/:_authToken=${NPM_TOKEN}\n//s/:_authToken=x", ["a key in /app/.npmrc"]),
        ("app/.npmrc", b"audit=false\n", []),
        ("app/src/credentials", b"", []),
        ("app/server.js", b"_authToken", []),
    ],
)
def test_a_key_in_a_layer_is_found(tmp_path: Path, path: str, content: bytes, found: list[str]) -> None:
    made = ImageArchive(archive(tmp_path / "i.tar", {"app/a.js": b""}, zipped({path: content})))

    assert leaks(made.history(), made.files()) == found


def test_a_secret_that_a_later_layer_deletes_is_refused_without_its_value(desk: Desk, tmp_path: Path) -> None:
    layers = ({"app/.npmrc": b"//r/:_authToken=s3cr3t"}, {"app/.wh..npmrc": b""})
    code, said = inspected(desk, archive(tmp_path / "i.tar", *layers, history=["RUN |1 TOKEN=t0p npm ci"]))

    assert code == 1
    assert "the image of shop has a value of TOKEN in the history, a key in /app/.npmrc, for whoever pulls it" in said
    assert "s3cr3t" not in said
    assert "t0p" not in said


def accept_leak(desk: Desk, of: str, days: int = 30) -> None:
    until = datetime.now(UTC).date() + timedelta(days=days)
    (desk.folder / FILE).parent.mkdir(exist_ok=True)
    (desk.folder / FILE).write_text(f'[[waiver]]\nid = "leak"\nof = "{of}"\nuntil = {until}\nreason = "of the base"\n')


@pytest.mark.parametrize(
    ("of", "days", "code"),
    [
        ("shop: a value of TOKEN in the history", 30, 0),
        ("shop: a value of TOKEN in the history", -1, 1),
        ("shop: a value of KEY in the history", 30, 1),
        ("api: a value of TOKEN in the history", 30, 1),
    ],
)
def test_what_looks_like_a_secret_and_is_none_passes_for_a_while(
    desk: Desk, tmp_path: Path, of: str, days: int, code: int
) -> None:
    accept_leak(desk, of, days)

    made = archive(tmp_path / "i.tar", {"a": b""}, history=["ENV TOKEN=x", "ENV TOKEN=y"])
    assert inspected(desk, made)[0] == code


def test_a_refused_leak_says_how_it_is_accepted(desk: Desk, tmp_path: Path) -> None:
    said = inspected(desk, archive(tmp_path / "i.tar", {"a": b""}, history=["ENV TOKEN=x"]))[1]

    assert "in delivery/waivers.toml, as 'leak' of 'shop: a value of TOKEN in the history'" in said


@pytest.mark.parametrize(
    "layer",
    [
        zipped({"a": NOISE})[:20_000],
        zipped({"a": NOISE})[:20_000] + b"\xff" * 40_000,
    ],
    ids=["cut off", "damaged"],
)
def test_a_layer_that_cannot_be_read_is_told_in_one_line(desk: Desk, tmp_path: Path, layer: bytes) -> None:
    code, said = inspected(desk, archive(tmp_path / "i.tar", layer))

    assert code == 1
    assert said.endswith("make it with docker save")


@pytest.mark.parametrize("content", [b"", b"no tar", tarred({"a": b"b"}), tarred({"manifest.json": b"[]"})])
def test_what_is_no_archive_of_an_image_is_told_in_one_line(desk: Desk, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "i.tar").write_bytes(content)
    code, said = inspected(desk, tmp_path / "i.tar")

    assert code == 1
    assert "i.tar is no archive of one image: " in said
    assert said.endswith("make it with docker save")
