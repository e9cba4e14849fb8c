"""The scripts of the EC2 host, run by bash, with commands that only remember what they were asked for."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from greenlight_cdk.host_scripts import (
    IMAGE_PATTERN,
    SCRIPT_PARAMETER,
    HostService,
    first_boot_script,
    run_document,
    run_script,
)
from traffic_switch.contract import Color

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
SHOP_1 = f"{REGISTRY}/greenlight/shop:1.0.0"
SHOP_2 = f"{REGISTRY}/greenlight/shop:2.0.0"
REPORT_1 = f"{REGISTRY}/greenlight/report:1.0.0"

DOCKER = r"""#!/bin/bash
echo "docker $*" >>"$STATE/calls"
containers="$STATE/containers" images="$STATE/images"
slug() { tr -c 'A-Za-z0-9\n' _ <<<"$1"; }
case "$1 ${2:-}" in
  "ps ") [ ! -e "$STATE/docker-is-down" ] || { rm "$STATE/docker-is-down"; exit 1; } ;;
  "ps --quiet") [ -e "$STATE/crashes" ] || grep -lxF "${4#label=greenlight=}" "$containers"/* 2>/dev/null ;;
  "image inspect") [ -e "$images/$(slug "$3")" ] ;;
  "image prune") ;;
  "pull --quiet") grep -qxF "$3" "$STATE/registry" && touch "$images/$(slug "$3")" ;;
  "container inspect") [ -e "$containers/$3" ] ;;
  "stop -t") [ -e "$containers/$4" ] ;;
  "rm "*) rm "$containers/$2" ;;
  "run --detach") echo "${6#greenlight=}" >"$containers/$4" ;;
  *) echo "unexpected: docker $*" >&2; exit 64 ;;
esac
"""

AWS = r"""#!/bin/bash
echo "aws $*" >>"$STATE/calls"
[ "$1 $2 $3" = "ssm get-parameter --name" ] || exit 64
[ "$5 $6 $7 $8 $9" = "--query Parameter.Value --output text --region" ] || exit 64
cat "$STATE/parameters/$(tr / _ <<<"$4")"
"""

RECORDER = '#!/bin/bash\necho "${0##*/} $*" >>"$STATE/calls"\n'


class Host:
    """A folder that stands for a host: its home, what its commands remember, and the commands themselves."""

    def __init__(self, root: Path) -> None:
        self.home, self.state, self.bin = root / "home", root / "state", root / "bin"
        for folder in (self.home, self.bin, *(self.state / name for name in ("containers", "images", "parameters"))):
            folder.mkdir(parents=True)
        for name, text in {"docker": DOCKER, "aws": AWS, "dnf": RECORDER, "systemctl": RECORDER, "sleep": ""}.items():
            (self.bin / name).write_text(text or "#!/bin/bash\n")
            (self.bin / name).chmod(0o755)
        self.script = root / "run-color.sh"
        self.script.write_text(_script())
        self.declare(SCRIPT_PARAMETER, _script())
        self.push(SHOP_1, SHOP_2, REPORT_1)

    def declare(self, parameter: str, value: str) -> None:
        (self.state / "parameters" / parameter.replace("/", "_")).write_text(value + "\n")

    def push(self, *images: str) -> None:
        (self.state / "registry").write_text("\n".join(images) + "\n")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.shell("bash", str(self.script), *arguments)

    def shell(self, *command: str) -> subprocess.CompletedProcess[str]:
        (self.state / "calls").write_text("")
        folders = {"HOME": self.home, "TMPDIR": self.home, "STATE": self.state}
        environment = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            **{name: str(path) for name, path in folders.items()},
        }
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)

    @property
    def calls(self) -> list[str]:
        return (self.state / "calls").read_text().splitlines()

    @property
    def changes(self) -> list[str]:
        """The calls that change something, in order, by their first words."""
        words = ("docker pull", "docker stop", "docker rm", "docker run")
        return [call for call in self.calls if call.startswith(words)]

    @property
    def containers(self) -> dict[str, str]:
        """The image of each container."""
        return {path.name: path.read_text().split(",")[1] for path in (self.state / "containers").iterdir()}


def _script(more: int = 0) -> str:
    return run_script(
        region="eu-west-1",
        log_group="greenlight-containers",
        table="carts",
        container_port=3000,
        drain_seconds=5,
        services=[
            _service("shop", 3000),
            _service("report", 3010),
            *(_service(f"s{n}", 3020) for n in range(more)),
        ],
    )


def _service(name: str, port: int) -> HostService:
    ports = {Color.BLUE: port, Color.GREEN: port + 1}
    return HostService(name=name, ports=ports, images={}, cpu_units=256, memory_mib=512)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_color_is_pulled_and_started_with_its_environment_and_limits(host: Host) -> None:
    result = host.run("shop", "green", SHOP_2)

    assert result.returncode == 0, result.stderr
    assert host.changes[0] == f"docker pull --quiet {SHOP_2}"
    (run,) = host.changes[1:]
    assert run.endswith(f" {SHOP_2}")
    for flag in (
        "--name shop-green",
        "--restart unless-stopped",
        "--memory 512m",
        "--cpus 0.25",
        "--read-only",
        "--publish 3001:3000",
        "--log-opt awslogs-stream=shop/green/2.0.0",
        "--env ENVIRONMENT=green --env VERSION=2.0.0 --env PORT=3000 --env CART_TABLE=carts --env AWS_REGION=eu-west-1",
    ):
        assert flag in run


def test_a_second_run_of_the_same_image_changes_nothing(host: Host) -> None:
    host.run("shop", "green", SHOP_2)

    result = host.run("shop", "green", SHOP_2)

    assert result.returncode == 0
    assert "already" in result.stdout
    assert host.changes == []


def test_a_new_version_stops_the_old_container_before_it_starts_the_new_one(host: Host) -> None:
    host.run("shop", "green", SHOP_1)

    host.run("shop", "green", SHOP_2)

    assert [call.split()[1] for call in host.changes] == ["pull", "stop", "rm", "run"]
    assert host.containers == {"shop-green": SHOP_2}


def test_a_change_of_one_color_does_not_touch_the_other(host: Host) -> None:
    host.run("shop", "blue", SHOP_1)

    host.run("shop", "green", SHOP_2)

    assert host.containers == {"shop-blue": SHOP_1, "shop-green": SHOP_2}
    assert not [call for call in host.calls if "shop-blue" in call]


def test_an_image_that_is_here_already_is_not_pulled_again(host: Host) -> None:
    host.run("shop", "blue", SHOP_1)

    host.run("shop", "green", SHOP_1)

    assert [call.split()[1] for call in host.changes] == ["run"]


def test_an_image_that_cannot_be_pulled_is_named_and_the_old_container_stays(host: Host) -> None:
    host.run("shop", "green", SHOP_1)
    missing = f"{REGISTRY}/greenlight/shop:9.9.9"

    result = host.run("shop", "green", missing)

    assert result.returncode == 1
    assert result.stderr.strip().endswith(f"greenlight: cannot pull {missing}")
    assert host.containers == {"shop-green": SHOP_1}


def test_a_container_that_does_not_stay_up_fails_and_says_where_its_log_is(host: Host) -> None:
    (host.state / "crashes").touch()

    result = host.run("shop", "green", SHOP_2)

    assert result.returncode == 1
    assert "shop-green does not run 30 s after its start" in result.stderr
    assert "shop/green/2.0.0" in result.stderr


@pytest.mark.parametrize(
    ("service", "color", "message"),
    [
        ("cart", "blue", "service: got cart; allowed: shop report"),
        ("shop", "red", "color: got red; allowed: blue, green"),
    ],
)
def test_what_the_host_does_not_know_is_refused_with_what_it_knows(
    host: Host, service: str, color: str, message: str
) -> None:
    result = host.run(service, color, SHOP_1)

    assert result.returncode == 1
    assert message in result.stderr
    assert host.changes == []


def test_a_host_that_is_still_booting_is_waited_for(host: Host) -> None:
    (host.state / "docker-is-down").touch()

    assert host.run("shop", "blue", SHOP_1).returncode == 0


def test_the_turn_of_a_process_that_died_is_taken_over_and_given_back(host: Host) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    turn = host.home / ".greenlight-turn"
    turn.symlink_to(str(gone.pid))

    assert host.run("shop", "blue", SHOP_1).returncode == 0
    assert not turn.is_symlink()


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
    (step,) = run_document(region="eu-west-1")["mainSteps"]
    text = "\n".join(step["inputs"]["runCommand"])
    for name, value in {"service": "shop", "color": "green", "image": SHOP_2}.items():
        text = text.replace(f"{{{{ {name} }}}}", value)

    result = host.shell("sh", "-c", text)

    assert result.returncode == 0, result.stderr
    assert host.containers == {"shop-green": SHOP_2}


@pytest.mark.parametrize(
    ("image", "admitted"),
    [
        (SHOP_1, True),
        (f"{REGISTRY}.cn/greenlight/order-report:v2_rc.1", True),
        (f"{REGISTRY}/greenlight/shop", False),
        (f"{REGISTRY}/greenlight/shop:1.0'; reboot; '", False),
        ("docker.io/library/nginx:latest", False),
    ],
)
def test_the_document_admits_images_of_an_ecr_registry_only(image: str, admitted: bool) -> None:
    assert bool(re.search(IMAGE_PATTERN, image)) is admitted


def test_the_script_fits_a_standard_parameter_with_twenty_services() -> None:
    assert len(_script(more=18)) < 4096 - 200, "names that AWS generates are up to 200 characters longer"


def test_the_script_holds_nothing_that_parameter_store_takes_for_a_reference() -> None:
    assert "{{" not in _script()


def _declare_all(host: Host) -> None:
    host.declare("/greenlight/shop/blue", SHOP_1)
    host.declare("/greenlight/shop/green", SHOP_2)
    host.declare("/greenlight/report/blue", REPORT_1)
    host.declare("/greenlight/report/green", REPORT_1)


def _first_boot(host: Host) -> subprocess.CompletedProcess[str]:
    return host.shell("bash", "-c", first_boot_script(region="eu-west-1", registry=REGISTRY))
