"""One container: a process that is started, watched, restarted as its policy says, and stopped as Docker stops one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from greenlight.processes.owner import Processes
from greenlight.processes.process import OwnedProcess
from greenlight.rehearsal.runner.errors import RunnerError
from greenlight.rehearsal.runner.log import BoundedLog
from greenlight.rehearsal.runner.look import ContainerState, Look, RouteTable
from greenlight.rehearsal.runner.plan import LaunchPlan
from greenlight.rehearsal.runner.ports import LOOPBACK, is_listening
from greenlight.rehearsal.runner.spec import ContainerSpec

FIRST_BACKOFF_SECONDS = 0.1
LONGEST_BACKOFF_SECONDS = 60.0
SETTLED_SECONDS = 10.0
"""Docker forgets earlier failures of a container that then ran this long."""

CANNOT_START = 127
"""The exit code of a container whose command could not be executed."""

_LOOK_SECONDS = 0.02
_SLOWEST_LOOK_SECONDS = 0.5


class Container:
    """A process under supervision. Every method may be called from any thread."""

    def __init__(
        self,
        container_id: str,
        spec: ContainerSpec,
        ports: Mapping[int, int],
        *,
        plan: Callable[[], LaunchPlan],
        routes: RouteTable,
        log: BoundedLog,
        processes: Processes,
    ) -> None:
        self.id = container_id
        self.spec = spec
        self.ports = ports
        self.port = next(iter(ports.values()), 0)
        self.log = log
        self._title = f"{spec.name} on {spec.host}, version {spec.version},"
        self._plan = plan
        self._routes = routes
        self._processes = processes
        self._lock = threading.Lock()
        self._asked_to_stop = threading.Event()
        self._settled = threading.Event()
        self._supervisor: threading.Thread | None = None
        self._process: OwnedProcess | None = None
        self._state = ContainerState.CREATED
        self._started_at: float | None = None
        self._restarts = 0
        self._exit_code: int | None = None

    def look(self) -> Look:
        """Return what the container is doing now."""
        with self._lock:
            running = self._process if self._state is ContainerState.RUNNING else None
            return Look(
                self.id,
                self.spec.name,
                self.spec.host,
                str(self.spec.image),
                self.spec.version,
                self.spec.environment.get("ENVIRONMENT", ""),
                self._state,
                running.pid if running else None,
                self.port,
                self._started_at,
                self._restarts,
                self._exit_code,
            )

    def start(self) -> None:
        """Start the process and watch it; nothing happens when it runs already. Raises RunnerError or OSError."""
        with self._lock:
            if self._supervisor and self._supervisor.is_alive():
                return
            self._asked_to_stop.clear()
            process = self._spawn()
            self._supervisor = threading.Thread(
                target=self._supervise, args=(process,), name=f"container-{self.spec.name}", daemon=True
            )
            self._supervisor.start()

    def stop(self, timeout_seconds: float | None = None) -> None:
        """Send the image's stop signal, wait, then kill: `docker stop`. A stopped container does not restart."""
        patience = self.spec.stop_timeout_seconds if timeout_seconds is None else timeout_seconds
        self._asked_to_stop.set()
        with self._lock:
            supervisor, process = self._supervisor, self._process
            if process:
                process.send_signal(self._plan_in_use.stop_signal)
        if supervisor:
            supervisor.join(patience)
            self.kill()
            supervisor.join()

    def kill(self) -> None:
        """Kill the process. Unless a stop came first, the restart policy brings it back."""
        with self._lock:
            if self._process:
                self._process.kill()

    def wait_until_settled(self, timeout_seconds: float) -> bool:
        """Wait until the process serves, or has ended; False when it does neither in time."""
        return self._settled.wait(timeout_seconds)

    def wait(self, timeout_seconds: float | None = None) -> int | None:
        """Wait until the container has exited for good; return its exit code, or None when the time is up."""
        supervisor = self._supervisor
        if supervisor:
            supervisor.join(timeout_seconds)
        with self._lock:
            return self._exit_code if self._state is ContainerState.EXITED else None

    def _spawn(self) -> OwnedProcess:
        """Start the process; the caller holds the lock."""
        self._plan_in_use = plan = self._plan()
        self._settled.clear()
        with self.log.open() as output:
            process = self._processes.start(
                plan.command, folder=plan.folder, environment=plan.environment, output=output
            )
        self._process, self._state = process, ContainerState.RUNNING
        self._started_at, self._exit_code = time.time(), None
        self.log.note(f"{self._title} started as process {process.pid} on port {self.port}")
        return process

    def _supervise(self, process: OwnedProcess) -> None:
        backoff = FIRST_BACKOFF_SECONDS
        while True:
            began = time.monotonic()
            exit_code = self._watch(process)
            if time.monotonic() - began >= SETTLED_SECONDS:
                backoff = FIRST_BACKOFF_SECONDS
            if not self._may_restart(exit_code, backoff):
                return
            again = self._restart()
            if not again:
                return
            process, backoff = again, min(backoff * 2, LONGEST_BACKOFF_SECONDS)

    def _watch(self, process: OwnedProcess) -> int:
        """Publish the container's endpoints while its process listens; return the exit code."""
        pause = _LOOK_SECONDS
        while process.poll() is None and not is_listening(self.port):
            time.sleep(pause)
            pause = min(pause * 1.2, _SLOWEST_LOOK_SECONDS)
        if process.poll() is None:
            for endpoint in self.spec.endpoints:
                self._routes.publish(endpoint.target, endpoint.port, LOOPBACK, self.ports[endpoint.container_port])
        self._settled.set()
        exit_code = process.wait()
        for endpoint in self.spec.endpoints:
            self._routes.withdraw(endpoint.target, endpoint.port)
        self.log.note(f"{self._title} exited with {exit_code}")
        return exit_code

    def _may_restart(self, exit_code: int, backoff_seconds: float) -> bool:
        """Wait out the backoff; False when the container stays down."""
        with self._lock:
            self._exit_code = exit_code
            wanted = self.spec.restart.restarts(exit_code) and not self._asked_to_stop.is_set()
            self._state = ContainerState.RESTARTING if wanted else ContainerState.EXITED
        if wanted and self._asked_to_stop.wait(backoff_seconds):
            with self._lock:
                self._state = ContainerState.EXITED
            return False
        return wanted

    def _restart(self) -> OwnedProcess | None:
        with self._lock:
            if self._asked_to_stop.is_set():
                self._state = ContainerState.EXITED
                return None
            self._restarts += 1
            try:
                return self._spawn()
            except (RunnerError, OSError) as error:
                self._state, self._exit_code = ContainerState.EXITED, CANNOT_START
                self.log.note(f"{self._title} cannot start again: {error}")
                return None
