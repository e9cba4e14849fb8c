"""How a state fails: what went wrong, and, for an expression, in which field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack.services import stepfunctions

QUERY_ERROR = "States.QueryEvaluationError"
RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"
TIMEOUT = "States.Timeout"
HEARTBEAT = "States.HeartbeatTimeout"
PATH_CONFLICT = "States.ReferencePathConflict"

if TYPE_CHECKING:

    class StateError(Exception):
        """ministack's: an error and a cause, each None when there is none."""

        error: str
        cause: str | None

        def __init__(self, error: str | None, cause: str | None) -> None: ...
else:
    StateError = stepfunctions._ExecutionError


class EvaluationError(StateError):
    """A field could not be worked out. `location` is the field in JSONata; a path has none."""

    def __init__(self, error: str, cause: str, location: str | None = None) -> None:
        super().__init__(error, cause)
        self.location = location
        self.is_recorded = False

    def place(self, state: str, entered_id: int) -> None:
        """Say where, as Step Functions begins every such cause."""
        where = f"the state '{state}' (entered at the event id #{entered_id})"
        self.cause = f"An error occurred while executing {where}. {self.cause}"
        self.is_recorded = True


class HeartbeatError(StateError):
    """A task was not heard of in time: States.Timeout, for which Retry and Catch have another name too."""

    def __init__(self) -> None:
        super().__init__(TIMEOUT, None)


class FatalError(StateError):
    """An error that ends the execution, whatever the states catch."""


def too_much(task: str) -> str:
    """Step Functions' words, recorded in localstack's test_states_errors.snapshot.json."""
    return f"The state/task '{task}' returned a result with a size exceeding the maximum number of bytes service limit."


def is_beyond_recovery(error: BaseException) -> bool:
    """Whether an error ends the execution wherever it happens, and no state is told to have failed."""
    return isinstance(error, FatalError) or getattr(error, "error", None) == RUNTIME
