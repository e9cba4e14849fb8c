"""What ends a command with one line for the person who typed it.

OperatorError
├── ProjectError      cdk.json or a setting is wrong: correct it
├── NotDeployedError  a stack that the command needs is not there: deploy first
├── RotationError     a secret was not rotated: the line says why
├── ReleaseError      the release did not happen, or was taken back: the line says why
└── RehearsalError    the rehearsal cannot begin, or cannot go on: the line says what is in the way
"""

from __future__ import annotations

import click


class OperatorError(click.ClickException):
    """Shown as one line, without a traceback; the command exits with 1."""


class ProjectError(OperatorError):
    """The project's files or settings are not as they must be."""


class NotDeployedError(OperatorError):
    """Something that the command looks at does not exist in the account and region."""


class RotationError(OperatorError):
    """A secret is as it was."""


class ReleaseError(OperatorError):
    """A release failed or was refused."""


class RehearsalError(OperatorError):
    """The rehearsal cannot run on this machine as it is, or has lost what it needs."""
