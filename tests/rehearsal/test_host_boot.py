"""What starts the colors of an EC2 host: its first boot, and the document that Systems Manager runs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from greenlight_cdk.host_scripts import first_boot_script, run_document
from greenlight_cdk.names import Names

from tests.rehearsal.shell_host import Host
from tests.unit.host_script import REGISTRY, REPORT_1, SHOP_1, SHOP_2

pytestmark = pytest.mark.rehearsal


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_the_first_boot_installs_docker_and_starts_every_declared_color(host: Host) -> None:
    _declare_all(host)

    result = _first_boot(host)

    assert result.returncode == 0, result.stderr
    assert host.calls[:2] == [
        "dnf install -y docker amazon-ecr-credential-helper",
        "systemctl enable --now docker",
    ]
    assert host.containers == {
        "shop-blue": SHOP_1,
        "shop-green": SHOP_2,
        "report-blue": REPORT_1,
        "report-green": REPORT_1,
    }


def test_the_first_boot_lets_docker_sign_in_to_the_registry_by_itself(host: Host) -> None:
    _declare_all(host)

    _first_boot(host)

    config = json.loads((host.home / ".docker" / "config.json").read_text())
    assert config == {"credHelpers": {REGISTRY: "ecr-login"}}


def test_nothing_but_the_registry_login_is_left_behind(host: Host) -> None:
    _declare_all(host)

    _first_boot(host)

    assert [path.name for path in host.home.iterdir()] == [".docker"]


def test_a_declared_image_that_is_missing_does_not_keep_the_other_colors_from_starting(host: Host) -> None:
    _declare_all(host)
    host.declare("/greenlight/shop/blue", f"{REGISTRY}/greenlight/shop:9.9.9")

    result = _first_boot(host)

    assert result.returncode == 1
    assert set(host.containers) == {"shop-green", "report-blue", "report-green"}


def test_the_document_fetches_the_script_and_runs_it_for_one_color(host: Host) -> None:
    (step,) = run_document(region="eu-west-1", script_parameter=Names().run_script, images="")["mainSteps"]
    text = "\n".join(step["inputs"]["runCommand"])
    for name, value in {"service": "shop", "color": "green", "image": SHOP_2, "step": "run"}.items():
        text = text.replace(f"{{{{ {name} }}}}", value)

    result = host.shell("sh", "-c", text)

    assert result.returncode == 0, result.stderr
    assert host.containers == {"shop-green": SHOP_2}


def _declare_all(host: Host) -> None:
    host.declare("/greenlight/shop/blue", SHOP_1)
    host.declare("/greenlight/shop/green", SHOP_2)
    host.declare("/greenlight/report/blue", REPORT_1)
    host.declare("/greenlight/report/green", REPORT_1)


def _first_boot(host: Host) -> subprocess.CompletedProcess[str]:
    return host.shell(
        "bash", "-c", first_boot_script(region="eu-west-1", registry=REGISTRY, script_parameter=Names().run_script)
    )
