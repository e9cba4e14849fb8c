"""The Python that a function's runtime names, if this machine has it; else the rehearsal's own, and a note of that."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable

from greenlight.processes.owner import Processes
from greenlight.rehearsal.cloud.silences import Silences

_ASK = "import sys; print('python%d.%d' % sys.version_info[:2])"
_PATIENCE_SECONDS = 10.0


class Interpreters:
    """Finds the executable of a runtime such as `python3.14`, once for each runtime. Thread-safe."""

    def __init__(self, silences: Silences, version_of: Callable[[str], str]) -> None:
        self._silences = silences
        self._version_of = version_of
        self._lock = threading.Lock()
        self._found: dict[str, str] = {}

    def executable(self, runtime: str) -> str:
        """The interpreter of that version on PATH, or the one that runs the rehearsal."""
        with self._lock:
            if runtime not in self._found:
                self._found[runtime] = self._find(runtime)
            return self._found[runtime]

    def _find(self, runtime: str) -> str:
        own = f"python{sys.version_info.major}.{sys.version_info.minor}"
        if runtime == own:
            return sys.executable
        found = shutil.which(runtime)
        if found and self._version_of(found) == runtime:
            return found
        self._silences.note(f"functions name {runtime}, which is not installed here: they run on {own}")
        return sys.executable


def version_of(processes: Processes, executable: str) -> str:
    """Ask an interpreter what it is, e.g. `python3.14`; empty when it does not run, as a shim without its version."""
    try:
        done = processes.run([executable, "-I", "-c", _ASK], environment=os.environ, seconds=_PATIENCE_SECONDS)
    except OSError:
        return ""
    return done.output.decode().strip() if done.exit_code == 0 else ""
