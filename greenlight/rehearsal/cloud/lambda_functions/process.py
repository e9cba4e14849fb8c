"""Processes for functions: started ahead of time, a JSON line in, a JSON line out, and what they print is the log."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from greenlight.processes.owner import Processes
from greenlight.processes.process import OwnedProcess

PROGRAM = Path(__file__).with_name("program.py")
_CHUNK_BYTES = 65_536
_LOOK_SECONDS = 0.05
"""How often the memory of a process is looked at while it works."""
_LOG_SECONDS = 1.0
"""How long a process that is gone may keep its last log lines."""


class ProcessGoneError(Exception):
    """The process ended before it answered. Its text is the reason as Lambda tells it."""


class OutOfTimeError(Exception):
    """The process did not answer in time. It may still be at work."""


class OutOfMemoryError(Exception):
    """The process has more memory than its function may have. It may still be at work."""


class FunctionProcess:
    """One process of Lambda's Python runtime, which becomes a function when it is told which."""

    def __init__(self, executable: str, runtime: Path, processes: Processes) -> None:
        """Start the process. `runtime` is the folder of the packages that Lambda's Python runtime ships."""
        requests_in, requests_out = os.pipe()
        answers_in, answers_out = os.pipe()
        self.process = processes.start(
            [executable, "-I", "-S", "-u", str(PROGRAM), str(requests_in), str(answers_out), str(runtime)],
            environment={"PATH": os.environ.get("PATH", os.defpath)},
            output=subprocess.PIPE,
            pass_fds=(requests_in, answers_out),
        )
        os.close(requests_in)
        os.close(answers_out)
        self._requests, self._answers = requests_out, answers_in
        self._buffer = b""

    def become(self, function: Mapping[str, Any], write_log: Callable[[str], None]) -> None:
        """Say which function this is. From now on each line that it prints goes to `write_log`."""
        self._log = _Log(self.process, write_log)
        self._send(function)

    def ask(
        self, invocation: Mapping[str, Any], timeout_seconds: float, memory_mib: int
    ) -> tuple[dict[str, Any], list[str]]:
        """Have one invocation answered: the answer, and the lines that were printed meanwhile.

        Raises:
            OutOfTimeError: no answer within the time that the function has.
            OutOfMemoryError: the process has more memory than the function may have.
            ProcessGoneError: the process ended first.
        """
        self._log.begin(invocation["request_id"])
        self._send(invocation)
        answer = json.loads(self._read_line(time.monotonic() + timeout_seconds, memory_mib))
        return answer, self._log.lines()

    def printed(self) -> list[str]:
        """What the invocation that did not end well printed, as far as it came."""
        return self._log.lines()

    def memory_mib(self) -> int:
        """How much memory the process has now; 0 when it is gone."""
        try:
            return int(psutil.Process(self.process.pid).memory_info().rss / 2**20)
        except psutil.NoSuchProcess:
            return 0

    def close(self) -> None:
        """End the process and forget its pipes."""
        self.process.kill()
        self.process.wait()
        for descriptor in (self._requests, self._answers):
            os.close(descriptor)

    def _send(self, message: Mapping[str, Any]) -> None:
        data = memoryview(json.dumps(message).encode() + b"\n")
        try:
            while data:
                data = data[os.write(self._requests, data) :]
        except BrokenPipeError:
            raise ProcessGoneError(_why(self.process.wait())) from None

    def _read_line(self, deadline: float, memory_mib: int) -> bytes:
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                raise OutOfTimeError
            is_readable = _is_readable(self._answers, min(left, _LOOK_SECONDS))
            if self.memory_mib() > memory_mib:
                raise OutOfMemoryError
            if not is_readable:
                continue
            chunk = os.read(self._answers, _CHUNK_BYTES)
            if not chunk:
                raise ProcessGoneError(_why(self.process.wait()))
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line


def _is_readable(descriptor: int, seconds: float) -> bool:
    """Whether something can be read within this time. `select` takes no descriptor above 1023, and polling does."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _why(exit_code: int) -> str:
    """`exit status 3` or `signal: killed`; empty for a process that ended with 0, of which Lambda knows no reason."""
    if exit_code < 0:
        return f"signal: {signal.strsignal(-exit_code) or -exit_code}".lower()
    return f"exit status {exit_code}" if exit_code else ""


class _Log:
    """Reads what a process prints, line by line, and knows where an invocation ended."""

    def __init__(self, process: OwnedProcess, write_log: Callable[[str], None]) -> None:
        self._output = process.output
        self._write = write_log
        self._request_id = ""
        self._lines: list[str] = []
        self._ended = threading.Event()
        threading.Thread(target=self._follow, name="function-log", daemon=True).start()

    def begin(self, request_id: str) -> None:
        self._request_id, self._lines = request_id, []
        self._ended.clear()

    def lines(self) -> list[str]:
        self._ended.wait(_LOG_SECONDS)
        return self._lines

    def _follow(self) -> None:
        with self._output:
            for raw in self._output:
                self._take(raw.decode(errors="replace").rstrip("\n").replace("\r", "\n"))
        self._ended.set()

    def _take(self, line: str) -> None:
        if line == f"\0{self._request_id}":
            self._ended.set()
        else:
            self._lines.append(line)
            self._write(line)
