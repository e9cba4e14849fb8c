"""What can go wrong before a container's process runs.

RunnerError
├── ImageNotFoundError    the registry has no such image: push it first
├── PlatformError         it has one, and none for this processor
├── RegistryError         the registry refuses the image to this role
├── VersionError          the version names code that cannot be run
├── ProgramError          the service's folder does not say how to start it
└── ContainerError        a container of that name is, or is not, there
"""

from __future__ import annotations


class RunnerError(Exception):
    """Anything that keeps a container from running, in one line for an operator."""


class ImageNotFoundError(RunnerError):
    """The registry has no such image."""


class PlatformError(RunnerError):
    """The registry has the image, for other processors alone."""


class RegistryError(RunnerError):
    """The registry does not give the image to this role."""


class VersionError(RunnerError):
    """The version names code that cannot be run."""


class ProgramError(RunnerError):
    """The service's folder does not say how to start it."""


class ContainerError(RunnerError):
    """A container is missing, or its name is taken."""
