"""One execution environment of a function, as ministack's pool of workers wants to hold it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight.processes.process import OwnedProcess
from greenlight.rehearsal.cloud.iam.roles import RoleSession
from greenlight.rehearsal.cloud.lambda_functions import log, outcome
from greenlight.rehearsal.cloud.lambda_functions.code import unpack
from greenlight.rehearsal.cloud.lambda_functions.environment import Function, environment, function_session
from greenlight.rehearsal.cloud.lambda_functions.interpreters import Interpreters
from greenlight.rehearsal.cloud.lambda_functions.outcome import Outcome
from greenlight.rehearsal.cloud.lambda_functions.process import (
    FunctionProcess,
    OutOfMemoryError,
    OutOfTimeError,
    ProcessGoneError,
)
from greenlight.rehearsal.cloud.lambda_functions.spares import Spares


@dataclass(frozen=True)
class FunctionRuntime:
    """What all functions of a run share: processes, folders, the address of the local AWS API, and whom they trust."""

    interpreters: Interpreters
    spares: Spares
    code: Path
    logs: Path
    endpoint: str
    authority: str


class PythonWorker:
    """Runs one invocation after the other. An exception of the handler leaves it warm; a timeout does not."""

    def __init__(self, runtime: FunctionRuntime, config: Mapping[str, Any], code_zip: bytes) -> None:
        self.config = config
        self.in_use = False
        self.last_used = time.time()
        self._runtime = runtime
        self._code_zip = code_zip
        self._lock = threading.Lock()
        self._function = Function.from_config(config)
        self._log = log.FunctionLog(runtime.logs / f"{self._function.name}.log")
        self._stream = ""
        self._session: RoleSession | None = None
        self._process: FunctionProcess | None = None
        self._proc: OwnedProcess | None = None

    def invoke(self, event: Any, request_id: str, function_arn: str) -> Outcome:
        """Have the handler called. Only one caller at a time gets here: ministack leases workers."""
        with self._lock:
            process = self._running()
            first = log.started(request_id, self._function.version)
            self._log.write(first)
            started = time.monotonic()
            result = self._ask(process, event, request_id, function_arn)
            memory = self._function.memory_mib, process.memory_mib()
            last = log.ended(request_id, time.monotonic() - started, memory, result)
            for line in last:
                self._log.write(line)
            messages = [first, *result.pop("lines"), *last]
            return {**result, "log": "\n".join(messages), "messages": messages, "stream": self._stream}

    def _ask(self, process: FunctionProcess, event: Any, request_id: str, function_arn: str) -> Outcome:
        seconds = self._function.timeout_seconds
        invocation = {"event": event, "request_id": request_id, "function_arn": function_arn}
        try:
            answer, lines = process.ask({**invocation, "timeout_seconds": seconds}, seconds, self._function.memory_mib)
        except OutOfTimeError:
            self._end()
            return self._told(outcome.timed_out(seconds, process.printed(), request_id))
        except OutOfMemoryError:
            self._end()
            return self._told(outcome.out_of_memory(process.printed(), request_id))
        except ProcessGoneError as error:
            self._end()
            return self._told(outcome.gone(str(error), process.printed(), request_id))
        return outcome.returned(answer, lines)

    def _told(self, result: Outcome) -> Outcome:
        """Write what Lambda itself says of an invocation that did not end well into the file too."""
        self._log.write(result["lines"][-1])
        return result

    def _running(self) -> FunctionProcess:
        if self._process is None or self._proc is None or self._proc.poll() is not None or self._is_old():
            self._end()
            self._spawn()
        assert self._process is not None
        return self._process

    def _is_old(self) -> bool:
        """Whether its credentials might expire while a handler uses them: Lambda then takes a new environment."""
        left = self._session.expires_at - time.time() if self._session else 0.0
        return left < self._function.timeout_seconds

    def _spawn(self) -> None:
        """Make a waiting process this function. ministack calls it too, for a version with SnapStart."""
        self._session = function_session(self.config)
        code = str(unpack(self._code_zip, self._runtime.code))
        variables = environment(
            self.config, self._runtime.endpoint, code, self._runtime.authority, self._session.variables()
        )
        self._stream = variables["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._process = self._runtime.spares.take(self._runtime.interpreters.executable(self._function.runtime))
        self._proc = self._process.process
        self._process.become(
            {
                "code": code,
                "handler": self._function.handler,
                "environment": variables,
                "log_format": self._function.log_format,
                "log_level": self._function.log_level,
            },
            self._log.write,
        )

    def _end(self) -> None:
        if self._process is not None:
            self._process.close()
        self._process = self._proc = None

    def _discard_tmpdir(self) -> None:
        """Called by ministack once it has ended the process of a worker that it drops.

        An invocation that is still under way learns of that end first: its pipes must not be closed under it.
        """
        with self._lock:
            self._end()
            self._log.close()
