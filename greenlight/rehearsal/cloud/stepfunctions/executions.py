"""All executions: how they start, how they end, and that each ends exactly once."""

from __future__ import annotations

import contextvars
import json
import logging
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json, json_response, now_iso
from ministack.services import eventbridge, stepfunctions

from greenlight.rehearsal.cloud.stepfunctions import announcement, history
from greenlight.rehearsal.cloud.stepfunctions.execution import CURRENT, EndedError, Execution
from greenlight.rehearsal.cloud.stepfunctions.stops import Stops
from greenlight.rehearsal.cloud.stepfunctions.walk import walk

log = logging.getLogger(__name__)

REQUIRED = ("_executions", "_state_machines", "_resolve_state_machine_arn", "_ExecutionError")
"""The names of ministack's stepfunctions module that this module uses."""

_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
"""What StartExecution accepts as a name (API reference)."""

Answer = tuple[int, dict[str, str], bytes]
Action = Callable[[dict[str, Any]], Answer]


class Executions:
    """Runs executions. One lock decides which of success, failure, timeout and stop an execution ends with."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._running: dict[str, Execution] = {}
        self.stops = Stops(lambda request: stepfunctions._stop_execution(request))

    def start(self, ministacks: Action) -> Action:
        """StartExecution: the same name and input as a running execution is that execution, not an error."""

        def start_execution(data: dict[str, Any]) -> Answer:
            refusal = _refusal(data)
            if refusal is not None:
                return refusal
            running = self._same(data)
            if running is None:
                return ministacks(data)
            return _answer(running, "executionArn", "startDate")

        return start_execution

    def _same(self, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        machine = stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", "")) or ""
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{data.get('name')}"
        record: Mapping[str, Any] | None = stepfunctions._executions.get(arn)
        same = record and record["status"] == "RUNNING" and record["input"] == data.get("input", "{}")
        return record if same else None

    def run(self, arn: str) -> None:
        """The life of one execution, in a thread of its own."""
        record = stepfunctions._executions.get(arn)
        machine = stepfunctions._state_machines.get(record["stateMachineArn"]) if record else None
        if record is None or machine is None:
            return
        execution = Execution(record, machine, json.loads(machine["definition"]))
        self._running[arn] = execution
        token = CURRENT.set(execution)
        deadline = self._deadline(execution)
        try:
            self._succeed(execution, walk(execution))
        except EndedError:
            log.info("execution %s ended as %s", record["name"], record["status"])
        except stepfunctions._ExecutionError as error:
            self._fail(execution, error.error, error.cause)
        except Exception as error:
            log.exception("execution %s could not be interpreted", record["name"])
            self._fail(execution, "States.Runtime", f"{type(error).__name__}: {error}")
        finally:
            if deadline is not None:
                deadline.cancel()
            CURRENT.reset(token)
            self._running.pop(arn, None)

    def stop(self, ministacks: Action) -> Action:
        """StopExecution: no state is entered any more, and a wait or a retry that goes on is cut short."""

        def stop_execution(data: dict[str, Any]) -> Answer:
            with self._lock:
                answer = ministacks(data)
                execution = self._running.get(data.get("executionArn", ""))
                if execution is not None and not execution.is_running:
                    execution.ended.set()
                return answer

        return stop_execution

    def add_event(self, record: dict[str, Any], kind: str, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Write the history. Whoever still works for an execution that has ended learns it here.

        Raises:
            EndedError: the history is closed.
        """
        with self._lock:
            if history.ended(record["events"]):
                raise EndedError
            self.stops.notice(record["executionArn"], kind, details or {})
            return history.append(record["events"], kind, details, now_iso())

    def _deadline(self, execution: Execution) -> threading.Timer | None:
        """TimeoutSeconds of the machine. Without it an execution has a year, which no rehearsal lasts."""
        seconds = execution.definition.get("TimeoutSeconds")
        if seconds is None:
            return None
        timer = threading.Timer(seconds, contextvars.copy_context().run, (self._time_out, execution))
        timer.daemon = True
        timer.start()
        return timer

    def _succeed(self, execution: Execution, output: Any) -> None:
        encoded = json.dumps(output)
        details = {"executionSucceededEventDetails": {"output": encoded}}
        self._end(execution, "SUCCEEDED", "ExecutionSucceeded", details, output=encoded)

    def _fail(self, execution: Execution, error: str, cause: str) -> None:
        details = {"executionFailedEventDetails": {"error": error, "cause": cause}}
        self._end(execution, "FAILED", "ExecutionFailed", details, error=error, cause=cause)

    def _time_out(self, execution: Execution) -> None:
        self._end(execution, "TIMED_OUT", "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})

    def _end(self, execution: Execution, status: str, kind: str, details: Mapping[str, Any], **facts: str) -> None:
        with self._lock:
            if not execution.is_running:
                return
            execution.record.update(status=status, stopDate=now_iso(), **facts)
            self.add_event(execution.record, kind, details)
            execution.ended.set()
        announce(execution.record)


def announce(record: Mapping[str, Any]) -> None:
    """Tell EventBridge the status. An Express execution that somebody waits for tells nothing."""
    if not record.get("sync"):
        eventbridge._put_events({"Entries": [announcement.entry(record)]}, allow_aws_source=True)


def pause(seconds: float) -> None:
    """The wait of a state or of a retry."""
    execution = CURRENT.get()
    if execution is not None:
        execution.pause(seconds)


def _refusal(data: Mapping[str, Any]) -> Answer | None:
    name = data.get("name")
    if name is not None and not _NAME.fullmatch(name):
        return _error("InvalidName", f"Invalid Name: '{name}'")
    try:
        json.loads(data.get("input", "{}"))
    except ValueError as error:
        return _error("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'")
    return None


def _error(code: str, message: str) -> Answer:
    answer: Answer = error_response_json(code, message, 400)
    return answer


def _answer(record: Mapping[str, Any], *names: str) -> Answer:
    answer: Answer = json_response({name: record[name] for name in names})
    return answer
