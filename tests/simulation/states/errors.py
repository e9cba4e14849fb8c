"""What goes wrong in a state machine: before it runs, in a task, and in a state."""

from __future__ import annotations

QUERY_EVALUATION = "States.QueryEvaluationError"
TIMEOUT = "States.Timeout"
RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"


class DefinitionError(Exception):
    """The definition is not one that Step Functions takes, or uses what this interpreter does not know."""


class TaskError(Exception):
    """What an invocation ended with: the name that Retry and Catch compare, and the cause that they pass on."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}" if cause else error)
        self.error = error
        self.cause = cause


class StateError(TaskError):
    """A state failed by itself: an expression gave nothing, no choice applied, or the data grew too large."""


class OutOfTimeError(Exception):
    """The TimeoutSeconds of the whole machine are over."""
