"""What ends a build before its time.

BuildError
├── BuildSpecError    the specification cannot be read, or has something that the rehearsal does not play
├── ServiceError      what CodeBuild does around the commands failed: the role, the log, the source, an artifact
├── TimeUpError       it took longer than it may
└── StoppedError      somebody stopped it
"""

from __future__ import annotations


class BuildError(Exception):
    """A build ends here, with a status, and a code that its phase shows."""

    status = "FAILED"
    code = "CLIENT_ERROR"


class BuildSpecError(BuildError):
    """A build specification that cannot be used."""

    code = "YAML_FILE_ERROR"


class ServiceError(BuildError):
    """Something around the commands failed."""


class TimeUpError(BuildError):
    """The project's timeout has passed."""

    status = "TIMED_OUT"
    code = "BUILD_TIMED_OUT"


class StoppedError(BuildError):
    """StopBuild was called."""

    status = "STOPPED"
    code = "BUILD_STOPPED"
