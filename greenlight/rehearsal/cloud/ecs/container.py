"""A container of a task, as ministack's ECS handles it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.ec2.subnets import AddressPool
from greenlight.rehearsal.cloud.ecs.targets import target_groups, wait_until_drained
from greenlight.rehearsal.runner.container import Container
from greenlight.rehearsal.runner.look import ContainerState

_SIGNAL_BASE = 128


class Backoff:
    """Hold back the starts of a service whose containers keep failing, longer each time, as ECS throttles them."""

    FIRST_SECONDS, LONGEST_SECONDS, FORGET_SECONDS = 0.1, 10.0, 30.0

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, float]] = {}

    def note_failure(self, service: str) -> None:
        """Count a container that failed; failures long ago do not count."""
        count, last = self._failures.get(service, (0, 0.0))
        now = time.monotonic()
        self._failures[service] = (count + 1 if now - last < self.FORGET_SECONDS else 1, now)

    def wait(self, service: str) -> None:
        """Wait as long as the recent failures say."""
        count, last = self._failures.get(service, (0, 0.0))
        if count and time.monotonic() - last < self.FORGET_SECONDS:
            time.sleep(min(self.FIRST_SECONDS * 2 ** (count - 1), self.LONGEST_SECONDS))


class TaskContainer:
    """One container of a task, with the attributes that a docker-py container has."""

    def __init__(
        self,
        context: CloudContext,
        addresses: AddressPool,
        backoff: Backoff,
        container: Container,
        task: Mapping[str, Any],
    ) -> None:
        self.id = container.id
        self._context = context
        self._addresses = addresses
        self._backoff = backoff
        self._container = container
        self._service = str(task["group"])
        self._cluster = str(task["clusterArn"])
        self._address = str(task["_eni"])
        self._groups = target_groups(task)
        self._retired = False
        self.attrs = {"NetworkSettings": {"Networks": {"awsvpc": {"IPAddress": self._address}}}}

    @property
    def status(self) -> str:
        """Running or exited; a task's container is never restarted in place."""
        return "exited" if self._container.look().state is ContainerState.EXITED else "running"

    def is_ending(self, service: str, cluster: str) -> bool:
        """Whether this is a service's container that was asked to stop, and has not ended."""
        return self._retired and (self._service, self._cluster) == (service, cluster) and self.status == "running"

    def reload(self) -> None:
        """Nothing to do: every look is a fresh one."""

    def wait(self) -> Mapping[str, int]:
        """Return the exit code of a container that has ended, as Docker words the end by a signal."""
        self._backoff.note_failure(self._service)
        exit_code = self._container.look().exit_code or 0
        return {"StatusCode": exit_code if exit_code >= 0 else _SIGNAL_BASE - exit_code}

    def logs(self, *, stream: bool = False, tail: int | None = None, **_: Any) -> bytes | Iterator[bytes]:
        """Return the output so far; following it, for CloudWatch Logs, yields nothing."""
        return iter(()) if stream else self._container.log.tail(tail).encode()

    def stop(self, **_: Any) -> None:
        """Stop as ECS does: first its targets drain, then it gets SIGTERM. This returns at once."""
        if not self._retired:
            self._retired = True
            name = f"retire-{self._container.spec.name}"
            threading.Thread(target=self._retire, name=name, daemon=True).start()

    def remove(self, **_: Any) -> None:
        """Nothing to do: a container that was stopped is removed when it has ended."""

    def _retire(self) -> None:
        wait_until_drained(self._groups, self._address, lambda: self.status == "running")
        self._container.stop()
        self._context.runner.remove(self._container)
        self._addresses.give_back(self._address)
