"""How an action ends other than well.

ActionFailedError    it failed; the text is what its summary says
AbandonedError       its execution was stopped without waiting for it
"""

from __future__ import annotations


class ActionFailedError(Exception):
    """An action failed, with a code of AWS's where it has one."""

    def __init__(self, message: str, code: str = "JobFailed") -> None:
        super().__init__(message)
        self.code = code


class AbandonedError(Exception):
    """The execution was stopped and its actions abandoned."""
