"""The docker daemon of one host: its images, its containers, and what the docker command says about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from greenlight.rehearsal.host import docker_arguments as arguments_of
from greenlight.rehearsal.host.docker_arguments import RunRequest, UsageError
from greenlight.rehearsal.host.docker_images import PulledImages
from greenlight.rehearsal.host.docker_networks import Networks
from greenlight.rehearsal.runner.container import Container
from greenlight.rehearsal.runner.errors import ContainerError, ImageNotFoundError, RunnerError
from greenlight.rehearsal.runner.images import StoredImage
from greenlight.rehearsal.runner.look import ContainerState
from greenlight.rehearsal.runner.runner import Runner
from greenlight.rehearsal.runner.spec import ContainerSpec, Endpoint, ImageReference

SHORT_ID = 12
_RUN_FAILED = 125
"""The docker command's exit code when the daemon refused to run a container."""


@dataclass(frozen=True)
class DockerResult:
    """What a command printed, and how it ended."""

    stdout: str = ""
    stderr: str = ""
    exit_code: int = 0


class DockerEngine:
    """Answer docker commands for one host.

    Args:
        host: the instance id: what containers are published under.
        runner: runs what a container would be.
        pull: asks the registry what an image is; raises ImageNotFoundError.
        architecture: the host's processor, by the name that images have for it.
        credentials: where a container gets credentials, as variables on this machine; asked at each start.
        open_log: opens a container's log; raises ContainerError when the container therefore cannot start.
    """

    def __init__(
        self,
        host: str,
        runner: Runner,
        *,
        pull: Callable[[ImageReference], StoredImage],
        architecture: str,
        credentials: Callable[[RunRequest], Mapping[str, str]],
        open_log: Callable[[RunRequest], None],
    ) -> None:
        self._host = host
        self._runner = runner
        self._images = PulledImages(pull)
        self._networks = Networks()
        self._architecture = architecture
        self._credentials = credentials
        self._open_log = open_log
        self._commands: dict[str, Callable[[Sequence[str]], DockerResult]] = {
            "run": self._run,
            "pull": self._pull,
            "stop": self._stop,
            "start": self._start,
            "rm": self._remove,
            "ps": self._list,
            "container inspect": self._inspect_containers,
            "image inspect": self._inspect_images,
            "image prune": self._prune,
            "network create": self._create_networks,
            "network inspect": self._inspect_networks,
        }

    def execute(self, arguments: Sequence[str]) -> DockerResult:
        """Run one command line, without the word docker; failures are outcomes too, in docker's words."""
        for words in (2, 1):
            command = " ".join(arguments[:words])
            if command in self._commands:
                return self._guarded(command, arguments[words:])
        unknown = f"docker: unknown command: docker {' '.join(arguments[:1])}"
        return DockerResult(
            stderr=f"{unknown}: the rehearsal answers {', '.join(sorted(self._commands))}\n", exit_code=1
        )

    def _guarded(self, command: str, arguments: Sequence[str]) -> DockerResult:
        prefix, exit_code = ("docker: ", _RUN_FAILED) if command == "run" else ("", 1)
        try:
            return self._commands[command](arguments)
        except UsageError as error:
            return DockerResult(stderr=f"{error}\n", exit_code=_RUN_FAILED)
        except (RunnerError, OSError) as error:
            return DockerResult(stderr=f"{prefix}Error response from daemon: {error}\n", exit_code=exit_code)

    def _run(self, arguments: Sequence[str]) -> DockerResult:
        request = arguments_of.parse_run(arguments)
        image = self._images.get(request.image)
        self._refuse_allocated_port(request)
        self._networks.require(request.network)
        _require_sources(request)
        self._open_log(request)
        container = self._runner.run(self._spec(request, image))
        return DockerResult(f"{container.id}\n")

    def _spec(self, request: RunRequest, image: StoredImage) -> ContainerSpec:
        return ContainerSpec(
            name=request.name,
            host=self._host,
            image=ImageReference.parse(request.image),
            version=image.version,
            runs_here=image.architecture == self._architecture,
            environment=request.environment,
            credentials=self._credentials(request),
            endpoints=tuple(Endpoint(self._host, *ports) for ports in request.published),
            restart=request.restart,
            stop_timeout_seconds=request.stop_timeout_seconds,
            labels=request.labels,
        )

    def _refuse_allocated_port(self, request: RunRequest) -> None:
        """A port of the host belongs to one container for as long as that is up; a taken name is refused elsewhere."""
        others = [each for each in self._runner.containers(self._host) if each.spec.name != request.name]
        up = [each for each in others if each.look().state in (ContainerState.RUNNING, ContainerState.RESTARTING)]
        taken = {endpoint.port for each in up for endpoint in each.spec.endpoints}
        for port, _ in request.published:
            if port in taken:
                where = f"driver failed programming external connectivity on endpoint {request.name}"
                raise ContainerError(f"{where}: Bind for 0.0.0.0:{port} failed: port is already allocated")

    def _pull(self, arguments: Sequence[str]) -> DockerResult:
        (image,) = arguments_of.parse_names("pull", arguments, "quiet").names
        self._images.pull(image)
        return DockerResult(f"{image}\n")

    def _stop(self, arguments: Sequence[str]) -> DockerResult:
        request = arguments_of.parse_stop(arguments)
        return self._each(request.names, lambda container: container.stop(request.seconds))

    def _start(self, arguments: Sequence[str]) -> DockerResult:
        return self._each(arguments_of.parse_names("start", arguments).names, Container.start)

    def _remove(self, arguments: Sequence[str]) -> DockerResult:
        request = arguments_of.parse_names("rm", arguments, "force")
        return self._each(request.names, lambda container: self._runner.remove(container, force=request.force))

    def _each(self, names: Sequence[str], act: Callable[[Container], None]) -> DockerResult:
        for name in names:
            act(self._runner.get(self._host, name))
        return DockerResult("".join(f"{name}\n" for name in names))

    def _list(self, arguments: Sequence[str]) -> DockerResult:
        request = arguments_of.parse_ps(arguments)
        unknown = [name for name, _ in request.filter if name not in ("label", "status", "name")]
        if unknown:
            raise UsageError(f"invalid filter '{unknown[0]}': the rehearsal knows label, status and name")
        shown = request.all or any(name == "status" for name, _ in request.filter)
        found = [
            each for each in self._runner.containers(self._host) if shown or each.look().state is ContainerState.RUNNING
        ]
        rows = [each for each in found if all(_matches(each, *wanted) for wanted in request.filter)]
        if request.quiet:
            return DockerResult("".join(f"{each.id[:SHORT_ID]}\n" for each in rows))
        return DockerResult("CONTAINER ID   IMAGE   STATUS   NAMES\n" + "".join(map(_row, rows)))

    def _inspect_containers(self, arguments: Sequence[str]) -> DockerResult:
        names = arguments_of.parse_names("container inspect", arguments).names
        looks = [self._runner.get(self._host, name).look() for name in names]
        return DockerResult(f"{[(look.name, str(look.state)) for look in looks]}\n")

    def _inspect_images(self, arguments: Sequence[str]) -> DockerResult:
        names = arguments_of.parse_names("image inspect", arguments).names
        for name in names:
            if name not in self._images.pulled:
                raise ImageNotFoundError(f"No such image: {name}")
        return DockerResult(f"{names}\n")

    def _create_networks(self, arguments: Sequence[str]) -> DockerResult:
        (name,) = arguments_of.parse_names("network create", arguments).names
        self._networks.create(name)
        return DockerResult(f"{name}\n")

    def _inspect_networks(self, arguments: Sequence[str]) -> DockerResult:
        names = arguments_of.parse_names("network inspect", arguments).names
        for name in names:
            self._networks.require(name)
        return DockerResult(f"{names}\n")

    def _prune(self, arguments: Sequence[str]) -> DockerResult:
        request = arguments_of.parse_names("image prune", arguments, "all", "force")
        if not (request.all and request.force):
            raise UsageError("the rehearsal prunes with --all --force only")
        used = {str(each.spec.image) for each in self._runner.containers(self._host)}
        for image in self._images.pulled.keys() - used:
            del self._images.pulled[image]
        return DockerResult("Total reclaimed space: 0B\n")


def _require_sources(request: RunRequest) -> None:
    for mount in request.mounts:
        if not Path(mount.source).exists():
            raise ContainerError(
                f'invalid mount config for type "bind": bind source path does not exist: {mount.source}'
            )


def _matches(container: Container, name: str, value: str) -> bool:
    if name == "label":
        key, _, wanted = value.partition("=")
        return container.spec.labels.get(key) == wanted if wanted else key in container.spec.labels
    if name == "name":
        return value in container.spec.name
    return container.look().state == value


def _row(container: Container) -> str:
    return f"{container.id[:SHORT_ID]}   {container.spec.image}   {container.look().state}   {container.spec.name}\n"
