"""The docker stand-in: it answers exactly what the host's scripts say, in docker's words, and refuses the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from greenlight.processes.owner import Processes
from greenlight.rehearsal.host.docker_arguments import RunRequest, UsageError, parse_run
from greenlight.rehearsal.host.docker_engine import DockerEngine, DockerResult
from greenlight.rehearsal.runner.errors import ContainerError, ImageNotFoundError
from greenlight.rehearsal.runner.images import StoredImage
from greenlight.rehearsal.runner.runner import Runner
from greenlight.rehearsal.runner.spec import ImageReference, RestartPolicy

IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/greenlight/shop:1.0.0"
RUN = (
    "run --detach --name shop-blue --label greenlight=spec --restart unless-stopped --memory 512m --cpus 0.5 "
    "--pids-limit 512 --read-only --tmpfs /tmp:rw,nosuid,nodev,noexec,size=64m --cap-drop ALL "
    "--security-opt no-new-privileges --user 1000:1000 --publish 3000:3000 "
    "--log-driver awslogs --log-opt awslogs-region=us-east-1 --log-opt mode=non-blocking "
    f"--env ENVIRONMENT=blue --env VERSION=1.0.0 --env PORT=3000 {IMAGE}"
).split()
SERVER = """
const server = require('node:http').createServer((request, response) => response.end());
server.listen(process.env.PORT);
process.on('SIGTERM', () => process.exit(0));
"""


class NoRoutes:
    """A route table that nobody reads."""

    def publish(self, target: str, port: int, host: str, real_port: int) -> None: ...

    def withdraw(self, target: str, port: int) -> None: ...


class Host:
    """One host's docker, with a registry of one image."""

    def __init__(self, folder: Path, processes: Processes) -> None:
        shop = folder / "checkout" / "services" / "shop"
        shop.mkdir(parents=True)
        (shop / "server.js").write_text(SERVER)
        (shop / "package.json").write_text('{"main": "server.js"}')
        self.architecture = "amd64"
        self.runner = Runner(
            run_dir=folder,
            checkout=folder / "checkout",
            routes=NoRoutes(),
            endpoint_url="http://x",
            processes=processes,
        )
        self.refusal = ""
        self._engine = DockerEngine(
            "i-1", self.runner, pull=self.pull, architecture="amd64", credentials=lambda _: {}, open_log=self.open_log
        )

    def docker(self, *arguments: str) -> DockerResult:
        return self._engine.execute(arguments)

    def open_log(self, request: RunRequest) -> None:
        if self.refusal:
            raise ContainerError(f"{self.refusal}: {request.log_driver} {sorted(request.log_options)}")

    def pull(self, image: ImageReference) -> StoredImage:
        if image.tag != "1.0.0":
            raise ImageNotFoundError(f"manifest for {image} not found: manifest unknown: Requested image not found")
        return StoredImage("1.0.0", self.architecture)


@pytest.fixture
def host(tmp_path: Path, processes: Processes) -> Iterator[Host]:
    host = Host(tmp_path, processes)
    yield host
    host.runner.close()


def test_the_run_command_of_the_host_script_is_understood() -> None:
    request = parse_run(RUN[1:])

    assert (request.name, request.image, request.published) == ("shop-blue", IMAGE, ((3000, 3000),))
    assert (request.restart, request.labels) == (RestartPolicy.UNLESS_STOPPED, {"greenlight": "spec"})
    assert request.environment == {"ENVIRONMENT": "blue", "VERSION": "1.0.0", "PORT": "3000"}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (["--gpus", "all"], "unrecognized arguments|arguments are required|invalid"),
        (["--publish", "3000"], "HOSTPORT:CONTAINERPORT"),
        (["--restart", "sometimes"], "use no, on-failure, always, unless-stopped"),
    ],
)
def test_a_run_that_is_not_rehearsed_is_refused(changed: list[str], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        parse_run([*RUN[1:-1], *changed, IMAGE])


def test_a_command_of_its_own_is_refused() -> None:
    with pytest.raises(UsageError, match="own command"):
        parse_run([*RUN[1:], "sh"])


def test_a_container_whose_log_cannot_be_opened_is_not_started(host: Host) -> None:
    host.refusal = "failed to initialize logging driver"

    outcome = host.docker(*RUN)

    assert outcome == DockerResult(
        stderr="docker: Error response from daemon: failed to initialize logging driver:"
        " awslogs ['awslogs-region', 'mode']\n",
        exit_code=125,
    )
    assert host.runner.containers("i-1") == []


def test_an_unknown_subcommand_fails_loudly(host: Host) -> None:
    outcome = host.docker("compose", "up")

    assert (outcome.exit_code, "unknown command: docker compose" in outcome.stderr) == (1, True)


def test_pulling_an_image_that_nobody_pushed_is_an_unknown_manifest(host: Host) -> None:
    outcome = host.docker("pull", "--quiet", IMAGE.replace("1.0.0", "2.0.0"))

    assert (outcome.exit_code, "manifest unknown" in outcome.stderr) == (1, True)


def test_an_image_is_there_once_pulled(host: Host) -> None:
    before = host.docker("image", "inspect", IMAGE).exit_code
    host.docker("pull", "--quiet", IMAGE)

    assert (before, host.docker("image", "inspect", IMAGE).exit_code) == (1, 0)


def test_pruning_drops_images_that_no_container_uses(host: Host) -> None:
    host.docker("pull", IMAGE)
    host.docker("image", "prune", "--all", "--force")

    assert host.docker("image", "inspect", IMAGE).exit_code == 1


def test_a_container_that_is_not_there_is_not_found(host: Host) -> None:
    outcome = host.docker("container", "inspect", "shop-blue")

    assert outcome == DockerResult(stderr="Error response from daemon: No such container: shop-blue\n", exit_code=1)


def test_a_container_joins_no_network_that_was_not_made(host: Host) -> None:
    """The text is the daemon's."""
    outcome = host.docker(*RUN[:-1], "--network", "shop-blue", IMAGE)

    assert outcome == DockerResult(
        stderr="docker: Error response from daemon: network shop-blue not found\n", exit_code=125
    )


def test_a_network_is_made_once(host: Host) -> None:
    codes = [host.docker("network", verb, "shop-blue").exit_code for verb in ("inspect", "create", "inspect", "create")]

    assert codes == [1, 0, 0, 1]


def test_a_file_that_is_not_there_cannot_be_mounted(host: Host) -> None:
    outcome = host.docker(*RUN[:-1], "--mount", "type=bind,source=/gone/token,target=/run/token,readonly", IMAGE)

    assert (outcome.exit_code, "bind source path does not exist: /gone/token" in outcome.stderr) == (125, True)


def test_a_mount_that_can_be_written_is_not_rehearsed() -> None:
    with pytest.raises(UsageError, match="readonly"):
        parse_run([*RUN[1:-1], "--mount", "type=bind,source=/token,target=/run/token", IMAGE])


@pytest.mark.rehearsal
def test_a_running_container_is_listed_by_its_label(host: Host) -> None:
    started = host.docker(*RUN).stdout
    listed = host.docker("ps", "--quiet", "--filter", "label=greenlight=spec", "--filter", "status=running").stdout
    others = host.docker("ps", "--quiet", "--filter", "label=greenlight=other", "--filter", "status=running").stdout

    assert (listed, others) == (f"{started[:12]}\n", "")


@pytest.mark.rehearsal
def test_a_container_is_replaced_by_stop_rm_and_run(host: Host) -> None:
    first = host.docker(*RUN).stdout
    codes = [host.docker("stop", "-t", "30", "shop-blue").exit_code, host.docker("rm", "shop-blue").exit_code]
    second = host.docker(*RUN).stdout

    assert (codes, first != second) == ([0, 0], True)


@pytest.mark.rehearsal
def test_a_second_container_of_the_same_name_is_a_conflict(host: Host) -> None:
    host.docker(*RUN)
    outcome = host.docker(*RUN)

    assert (outcome.exit_code, outcome.stderr.startswith("docker: Error response from daemon: Conflict")) == (125, True)


@pytest.mark.rehearsal
def test_an_image_in_use_is_not_pruned(host: Host) -> None:
    host.docker(*RUN)
    host.docker("image", "prune", "--all", "--force")

    assert host.docker("image", "inspect", IMAGE).exit_code == 0


@pytest.mark.rehearsal
def test_a_port_of_the_host_belongs_to_one_container(host: Host) -> None:
    """Docker: docs.docker.com/engine/network/port-publishing; the text is the daemon's."""
    host.docker(*RUN)
    outcome = host.docker(*(word.replace("shop-blue", "shop-green") for word in RUN))

    assert (outcome.exit_code, "Bind for 0.0.0.0:3000 failed: port is already allocated" in outcome.stderr) == (
        125,
        True,
    )


@pytest.mark.rehearsal
def test_an_image_for_another_processor_cannot_be_executed(host: Host) -> None:
    """Docker pulls it, warns, and the kernel refuses it: docs.docker.com/build/building/multi-platform."""
    host.architecture = "arm64"
    host.docker(*[word.replace("unless-stopped", "no") for word in RUN])
    (container,) = host.runner.containers()

    assert (container.wait(10), "exec format error" in container.log.tail()) == (255, True)
