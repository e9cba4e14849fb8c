"""What runs on an EC2 host: its first boot, and the document that starts a color."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from greenlight_cdk.host_first_boot import FILES, first_boot_script
from greenlight_cdk.host_scripts import SCRIPTS, run_document, shell

from greenlight.rehearsal.cloud.ssm.documents import Document
from tests.rehearsal.shell_host import Host
from tests.synth.host_script import REGISTRY, SHOP_2, color_script

pytestmark = pytest.mark.rehearsal


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_the_first_boot_installs_docker_and_asks_for_nothing_that_it_would_run(host: Host) -> None:
    result = _first_boot(host)

    assert result.returncode == 0, result.stderr
    assert host.calls == [
        "dnf install -y docker amazon-ecr-credential-helper",
        "systemctl daemon-reload",
        "systemctl enable --now greenlight-fence.service",
        "systemctl enable --now greenlight-credentials.socket greenlight-credentials.service",
        "systemctl enable --now docker",
    ]


def test_the_first_boot_lets_docker_sign_in_to_the_registry_by_itself(host: Host) -> None:
    _first_boot(host)

    config = json.loads((host.home / ".docker" / "config.json").read_text())
    assert config == {"credHelpers": {REGISTRY: "ecr-login"}}


def test_nothing_but_the_registry_login_is_left_in_the_home(host: Host) -> None:
    _first_boot(host)

    assert [path.name for path in host.home.iterdir()] == [".docker"]


def test_what_the_first_boot_writes_is_what_stands_in_the_repository(host: Host) -> None:
    _first_boot(host)

    written = {name: (host.root / folder[1:] / name).read_text() for name, folder in FILES.items()}
    assert written["credentials.py"] == (SCRIPTS / "credentials.py").read_text()
    assert written["fence.sh"] == shell("fence.sh", {})
    assert "Environment=AWS_REGION=eu-west-1\n" in written["greenlight-credentials.service"]
    assert json.loads(written["daemon.json"])["default-address-pools"][0]["base"] == "198.18.0.0/15"


def test_the_broker_can_read_its_program_and_its_folder(host: Host) -> None:
    (host.files / "colors").rmdir()

    host.shell(
        "bash", "-c", f"umask 077; {first_boot_script(registry=REGISTRY, region='eu-west-1', renewed_at='never')}"
    )

    assert (host.root / "usr/local/lib/greenlight/credentials.py").stat().st_mode & 0o777 == 0o644
    assert (host.files / "colors").stat().st_mode & 0o777 == 0o755


def test_tokens_are_for_root_alone(host: Host) -> None:
    (host.files / "tokens").rmdir()

    _first_boot(host)

    assert (host.files / "tokens").stat().st_mode & 0o777 == 0o700


def test_the_document_runs_its_own_script_for_one_color_and_leaves_nothing_behind(host: Host) -> None:
    result = _command(host, SHOP_2)

    assert result.returncode == 0, result.stderr
    assert host.containers == {"shop-green": SHOP_2}
    assert list(host.home.iterdir()) == []


def test_a_script_that_fails_fails_the_command_and_leaves_nothing_behind(host: Host) -> None:
    result = _command(host, f"{REGISTRY}/greenlight/shop:9.9.9")

    assert result.returncode == 1
    assert "cannot pull" in result.stderr
    assert list(host.home.iterdir()) == []


@pytest.mark.parametrize("step", ["prepare", "run"])
def test_what_somebody_writes_into_a_parameter_is_never_run(host: Host, step: str) -> None:
    proof = host.home / "was-run"
    for parameter in ("/greenlight/shop/green", "/greenlight/host/run-color"):
        host.declare(parameter, f"#!/bin/bash\ntouch {proof}; $(touch {proof}) `touch {proof}`")

    result = _command(host, SHOP_2, step)

    assert ("is declared to run another image" in result.stderr) is (step == "prepare")
    assert not proof.exists()


def _command(host: Host, image: str, step: str = "run") -> subprocess.CompletedProcess[str]:
    """Run the document as Systems Manager does."""
    document = Document.parse(run_document(script=color_script(), images="^"))
    given = {"service": "shop", "color": "green", "image": image, "step": step}
    return host.shell("sh", "-c", document.render({name: [value] for name, value in given.items()}).text)


def _first_boot(host: Host) -> subprocess.CompletedProcess[str]:
    return host.shell("bash", "-c", first_boot_script(registry=REGISTRY, region="eu-west-1", renewed_at="never"))
