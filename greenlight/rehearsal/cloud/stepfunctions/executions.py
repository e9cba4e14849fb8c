"""All executions: how they start, how they end, and that each ends exactly once."""

from __future__ import annotations

import contextvars
import json
import logging
import threading
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import now_iso
from ministack.services import eventbridge, stepfunctions

from greenlight.rehearsal.cloud.stepfunctions import announcement, history
from greenlight.rehearsal.cloud.stepfunctions.errors import TIMEOUT, StateError
from greenlight.rehearsal.cloud.stepfunctions.execution import CURRENT, EndedError, Execution
from greenlight.rehearsal.cloud.stepfunctions.stops import Stops
from greenlight.rehearsal.cloud.stepfunctions.track import Track
from greenlight.rehearsal.cloud.stepfunctions.walk import Place, resume, walk

log = logging.getLogger(__name__)

REQUIRED = ("_executions", "_state_machines", "_stop_execution")
"""The names of ministack's stepfunctions module that this module uses."""

Record = dict[str, Any]


class Executions:
    """Runs executions. One lock decides which of success, failure, timeout and stop an execution ends with."""

    def __init__(self) -> None:
        self._running: dict[str, Execution] = {}
        self._places: dict[str, Place] = {}
        self.stops = Stops(lambda request: stepfunctions._stop_execution(request))

    def begin(self, record: Record) -> None:
        """Start an execution that has a record, in a thread of its own."""
        announce(record)
        self._in_a_thread(self.run, record["executionArn"])

    def run(self, arn: str) -> None:
        """The life of one execution, in the thread that calls."""
        record = stepfunctions._executions.get(arn)
        execution = self._execution(record) if record else None
        if execution is not None:
            track = Track(execution)
            self._live(execution, track, lambda: walk(track, self._passed(arn)))

    def redrive(self, record: Record) -> None:
        """Go on with an execution from the state in which it ended, its input and the variables as they were."""
        place = self._places.get(record["executionArn"])
        execution = self._execution(record)
        if execution is None:
            return
        count, moment = record.get("redriveCount", 0) + 1, now_iso()
        for name in ("error", "cause", "output"):
            record.pop(name, None)
        record.update(status="RUNNING", stopDate=None, output=None, redriveCount=count, redriveDate=moment)
        previous = history.append(
            record["events"], "ExecutionRedriven", {"redriveCount": count}, moment, record["events"][-1]["id"]
        )
        announce(record)
        track = Track(execution, previous)
        passed = self._passed(record["executionArn"])
        self._in_a_thread(
            self._live,
            execution,
            track,
            lambda: walk(track, passed) if place is None else resume(track, place, passed),
        )

    def stop(self, record: Record, error: str | None, cause: str | None) -> str:
        """End an execution; no state is entered any more, and a wait or a retry that goes on is cut short.

        As recorded, ExecutionAborted follows event 0.
        """
        execution = self._running.get(record["executionArn"]) or self._execution(record)
        if execution is not None:
            self._end(execution, "ABORTED", "Aborted", history.failure(error, cause), 0, error=error, cause=cause)
        return str(record["stopDate"])

    def _execution(self, record: Record) -> Execution | None:
        machine = stepfunctions._state_machines.get(record["stateMachineArn"])
        if machine is None:
            return None
        definition = json.loads(record.get("definition") or machine["definition"])
        return Execution(record, machine, definition, notice=self.stops.notice)

    def _passed(self, arn: str) -> Any:
        return lambda place: self._places.__setitem__(arn, place)

    def _live(self, execution: Execution, track: Track, work: Any) -> None:
        record = execution.record
        self._running[record["executionArn"]] = execution
        token = CURRENT.set(execution)
        deadline = self._deadline(execution)
        try:
            self._succeed(execution, work(), track)
        except EndedError:
            log.info("execution %s ended as %s", record["name"], record["status"])
        except StateError as error:
            self._fail(execution, error.error, error.cause, track)
        except Exception as error:
            log.exception("execution %s could not be interpreted", record["name"])
            self._fail(execution, "States.Runtime", f"{type(error).__name__}: {error}", track)
        finally:
            if deadline is not None:
                deadline.cancel()
            CURRENT.reset(token)
            if self._running.get(record["executionArn"]) is execution:
                del self._running[record["executionArn"]]

    def _deadline(self, execution: Execution) -> threading.Timer | None:
        """TimeoutSeconds of the machine. Without it an execution has a year, which no rehearsal lasts."""
        seconds = execution.definition.get("TimeoutSeconds")
        if seconds is None:
            return None
        timer = threading.Timer(seconds, contextvars.copy_context().run, (self._time_out, execution))
        timer.daemon = True
        timer.start()
        return timer

    def _succeed(self, execution: Execution, output: Any, track: Track) -> None:
        encoded = history.encoded(output)
        details = history.payload("output", encoded)
        self._end(execution, "SUCCEEDED", "Succeeded", details, track.previous, output=encoded)

    def _fail(self, execution: Execution, error: str | None, cause: str | None, track: Track) -> None:
        details = history.failure(error, cause)
        self._end(execution, "FAILED", "Failed", details, track.previous, error=error, cause=cause)

    def _time_out(self, execution: Execution) -> None:
        self._end(execution, "TIMED_OUT", "TimedOut", history.failure(TIMEOUT, None), 0)

    def _end(
        self, execution: Execution, status: str, kind: str, details: Mapping[str, Any], previous: int, **facts: Any
    ) -> None:
        with execution.lock:
            if not execution.is_running:
                return
            execution.record.update(status=status, stopDate=now_iso(), **facts)
            execution.write(f"Execution{kind}", details, previous)
            execution.ended.set()
        announce(execution.record)

    def _in_a_thread(self, work: Any, *arguments: Any) -> None:
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(work, *arguments), daemon=True).start()


def announce(record: Mapping[str, Any]) -> None:
    """Tell EventBridge the status. Express executions tell nothing (Step Functions guide, "EventBridge events")."""
    if not record.get("isExpress"):
        eventbridge._put_events({"Entries": [announcement.entry(record)]}, allow_aws_source=True)


def pause(seconds: float) -> None:
    """The wait of a state or of a retry."""
    execution = CURRENT.get()
    if execution is not None:
        execution.pause(seconds)


def started(input_text: str, role_arn: str, moment: str) -> history.Event:
    """The first event of every history."""
    events: list[history.Event] = []
    details = {**history.payload("input", input_text), "roleArn": role_arn}
    history.append(events, "ExecutionStarted", details, moment, 0)
    return events[0]
