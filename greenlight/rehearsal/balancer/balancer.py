"""The load balancers of a rehearsal: takes snapshots, has Envoy serve them, and tells what Envoy sees."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from greenlight.processes.owner import Processes
from greenlight.processes.process import OwnedProcess
from greenlight.rehearsal.balancer.access_log import Request, parse
from greenlight.rehearsal.balancer.envoy import Envoy
from greenlight.rehearsal.balancer.health import Health
from greenlight.rehearsal.balancer.health_watch import HealthWatch
from greenlight.rehearsal.balancer.snapshot import Listener, Snapshot
from greenlight.rehearsal.balancer.tail import Tail
from greenlight.rehearsal.balancer.xds import LISTENERS, VERSION, Folder, render


class Balancer:
    """Envoy, and what is known through it."""

    def __init__(self, folder: Folder, processes: Processes, concurrency: int = 1) -> None:
        self.envoy = Envoy(folder, concurrency, processes)
        self._folder = folder
        self._watch = HealthWatch(Tail(folder.health_events))
        self._requests = Tail(folder.access_log)
        self._lock = threading.Lock()
        self._snapshot = Snapshot()

    @property
    def snapshot(self) -> Snapshot:
        """Return what is served now."""
        return self._snapshot

    def start(self) -> OwnedProcess:
        """Start Envoy and follow its health checks; return its process."""
        self._watch.start()
        return self.envoy.start()

    def stop(self) -> None:
        """End Envoy."""
        self._watch.stop()
        self.envoy.stop()

    def serve(self, snapshot: Snapshot) -> None:
        """Serve this from now on. Raises EnvoyError when a changed listener does not come up."""
        with self._lock:
            known = {listener.arn for listener in self._snapshot.listeners}
            self._snapshot = snapshot
            self._watch.follow(snapshot)
            files = render(snapshot, self._folder)
            if LISTENERS in self.envoy.tell(files):
                self.envoy.wait_until_taken(files[LISTENERS][VERSION])
        self._wait_for(listener for listener in snapshot.listeners if listener.arn not in known)

    def health(self, target_group: str, target: str) -> Health:
        """Tell the health of a target by its group's name and its key."""
        return self._watch.health(target_group, target)

    def new_requests(self) -> Iterator[Request]:
        """Take the requests that were answered since the last time."""
        for line in self._requests.read():
            yield parse(line)

    def _wait_for(self, listeners: Iterable[Listener]) -> None:
        for listener in listeners:
            self.envoy.wait_until_listening(listener.real_port)
