"""What can go wrong with a color on the host, one class for each thing that an operator would do next.

HostColorError
├── NotSentError               no command reached the host yet; it is tried again for `patience_seconds`
│   ├── HostUnreachableError   the host has not registered: look at the host
│   └── NotAllowedError        the function may not send it: look at the function's role
├── CommandError               the host could not run the image: look at the output
├── SwitchRunsError            a switch of the service runs: wait for it
└── MoveError                  the color does not get healthy on its new host: look at the application's log
"""

from __future__ import annotations

import math


class HostColorError(Exception):
    """The base of everything that keeps a color from running what it should."""


class NotSentError(HostColorError):
    """The command was not taken; trying again may help."""

    patience_seconds: float


class HostUnreachableError(NotSentError):
    """Systems Manager does not know the instance. A host that boots gets known when it is up, so this may take long."""

    patience_seconds = math.inf


class NotAllowedError(NotSentError):
    """IAM refused. A policy that was changed a moment ago, for a new host, takes seconds until it counts everywhere."""

    patience_seconds = 30.0


class CommandError(HostColorError):
    """The command failed, or did not end before the deadline."""


class SwitchRunsError(HostColorError):
    """The color may be judged just now, or be the way back; nothing was touched."""


class MoveError(HostColorError):
    """The color was left where it was, because it is not healthy where it should go."""
