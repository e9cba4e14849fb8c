"""All containers of a run, by host and name, and their end."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from greenlight.processes.owner import Processes
from greenlight.rehearsal.runner.catalog import CATALOG_FILE, VersionCatalog
from greenlight.rehearsal.runner.container import Container
from greenlight.rehearsal.runner.errors import ContainerError
from greenlight.rehearsal.runner.log import BoundedLog
from greenlight.rehearsal.runner.look import ContainerState, Look, RouteTable
from greenlight.rehearsal.runner.plan import Planner
from greenlight.rehearsal.runner.ports import free_port
from greenlight.rehearsal.runner.source import Sources
from greenlight.rehearsal.runner.spec import ContainerSpec

_HOUSEKEEPING_SECONDS = 5.0
_LAST_GRACE_SECONDS = 1.0


class Runner:
    """Start and keep the processes that stand in for containers.

    Args:
        run_dir: where logs (`containers/<name>.log`), exported versions and the version catalog are.
        checkout: the repository whose services/ are run.
        routes: told where each container's endpoints really are, as long as they listen.
        endpoint_url: the local cloud, which every container gets as AWS_ENDPOINT_URL.
        processes: starts them, and ends them whatever happens to this process.
    """

    def __init__(
        self, *, run_dir: Path, checkout: Path, routes: RouteTable, endpoint_url: str, processes: Processes
    ) -> None:
        self.catalog = VersionCatalog(run_dir / CATALOG_FILE)
        self._logs = run_dir / "containers"
        home = run_dir / "home"
        home.mkdir(parents=True, exist_ok=True)
        self._planner = Planner(Sources(checkout, run_dir / "versions", processes), self.catalog, endpoint_url, home)
        self._processes = processes
        self._routes = routes
        self._containers: dict[str, Container] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._bound_logs, name="container-logs", daemon=True).start()

    def run(self, spec: ContainerSpec) -> Container:
        """Create and start a container. Raises ContainerError when the host has one of that name, else RunnerError."""
        container = self._create(spec)
        try:
            container.start()
        except Exception:
            self._forget(container)
            raise
        return container

    def get(self, host: str, name: str) -> Container:
        """Find a host's container by its name, its id or the start of its id, as Docker does."""
        found = [each for each in self.containers(host) if each.spec.name == name or each.id.startswith(name)]
        if len(found) != 1:
            raise ContainerError(f"No such container: {name}")
        return found[0]

    def containers(self, host: str | None = None) -> list[Container]:
        """List the containers of one host, or all of them, oldest first."""
        with self._lock:
            return [each for each in self._containers.values() if host in (None, each.spec.host)]

    def looks(self) -> list[Look]:
        """Look at every container."""
        return [each.look() for each in self.containers()]

    def remove(self, container: Container, *, force: bool = False) -> None:
        """Forget a container that has exited; with force, kill one that runs. Raises ContainerError without force."""
        if container.look().state in (ContainerState.RUNNING, ContainerState.RESTARTING):
            if not force:
                running = f'cannot remove container "{container.spec.name}": container is running'
                raise ContainerError(f"{running}: stop the container before removing or force remove")
            container.stop(0)
        self._forget(container)

    def remove_host(self, host: str) -> None:
        """Stop and forget everything a host runs: the host is going away."""
        self._stop_all(self.containers(host), None)
        for each in self.containers(host):
            self._forget(each)

    def close(self) -> None:
        """Stop every container, with little patience; none can be started afterwards."""
        self._closed.set()
        self._stop_all(self.containers(), _LAST_GRACE_SECONDS)

    def _create(self, spec: ContainerSpec) -> Container:
        ports = {each.container_port: free_port() for each in spec.endpoints}
        log = BoundedLog(self._logs / f"{spec.name}.log")
        plan = partial(self._planner.plan, spec, ports)
        container_id = uuid.uuid4().hex * 2
        container = Container(
            container_id, spec, ports, plan=plan, routes=self._routes, log=log, processes=self._processes
        )
        with self._lock:
            if self._closed.is_set():
                raise ContainerError(f"container {spec.name!r} cannot start: the rehearsal is shutting down")
            self._refuse_taken_name(spec)
            self._containers[container.id] = container
        return container

    def _refuse_taken_name(self, spec: ContainerSpec) -> None:
        for each in self._containers.values():
            if (each.spec.host, each.spec.name) == (spec.host, spec.name):
                taken = f'Conflict. The container name "/{spec.name}" is already in use by container "{each.id}".'
                raise ContainerError(f"{taken} You have to remove (or rename) that container.")

    def _forget(self, container: Container) -> None:
        with self._lock:
            self._containers.pop(container.id, None)

    def _stop_all(self, containers: list[Container], timeout_seconds: float | None) -> None:
        if containers:
            with ThreadPoolExecutor(len(containers)) as pool:
                list(pool.map(lambda each: each.stop(timeout_seconds), containers))

    def _bound_logs(self) -> None:
        while not self._closed.wait(_HOUSEKEEPING_SECONDS):
            for container in self.containers():
                container.log.bound()
