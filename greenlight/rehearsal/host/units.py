"""The services of a rehearsed host that systemd would run: processes that end with the host.

A socket's address, such as 169.254.170.2:80, cannot be had without root. The service gets one on 127.0.0.1 as its first
socket, as systemd hands it over (sd_listen_fds); `real_address` says which one stands for the other.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from greenlight.processes.owner import Processes
from greenlight.processes.process import OwnedProcess
from greenlight.rehearsal.host.unit_file import Unit, read_unit
from greenlight.rehearsal.runner.log import BoundedLog
from greenlight.rehearsal.runner.ports import LOOPBACK

_FIRST_SOCKET = 3
_LAST_GRACE_SECONDS = 1.0
_HAND_OVER = f"import os, sys; os.dup2(int(sys.argv[1]), {_FIRST_SOCKET}); os.execvp(sys.argv[2], sys.argv[2:])"


class Units:
    """The services of one host, by name. One that is started again stays as it is."""

    def __init__(
        self, root: Path, log: BoundedLog, environment: Callable[[], Mapping[str, str]], processes: Processes
    ) -> None:
        self._root = root
        self._log = log
        self._environment = environment
        self._processes = processes
        self._running: dict[str, OwnedProcess] = {}
        self._real: dict[str, str] = {}

    def start(self, name: str) -> None:
        """Start a service. Raises OSError when its file is not there."""
        if name in self._running:
            return
        unit = read_unit(self._root, name)
        with socket.create_server((LOOPBACK, 0)) as opened, self._log.open() as output:
            given = str(opened.fileno())
            self._running[name] = self._processes.start(
                (sys.executable, "-S", "-c", _HAND_OVER, given, *unit.command),
                environment={**self._environment(), **unit.environment, "LISTEN_FDS": "1"},
                output=output,
                pass_fds=(opened.fileno(),),
            )
            self._remember(unit, opened)
        self._log.note(f"{name} started as process {self._running[name].pid}")

    def real_address(self, address: str) -> str:
        """Where what is meant for an address of the host is answered; empty when nobody listens there."""
        return self._real.get(address, "")

    def stop(self) -> None:
        """End them all: the host is switched off."""
        for process in self._running.values():
            process.stop(_LAST_GRACE_SECONDS)

    def _remember(self, unit: Unit, opened: socket.socket) -> None:
        if unit.listens_at:
            self._real[unit.listens_at] = f"{LOOPBACK}:{opened.getsockname()[1]}"
