"""A file of settings that are to be rehearsed: laid over cdk.json's, and read by the same reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight.errors import ProjectError, RehearsalError
from greenlight.project import Project
from stacks.options.context import DECLARED_STATE
from stacks.options.document import parsed
from stacks.settings import Settings, SettingsError


@dataclass(frozen=True)
class ConfigFile:
    """Settings as `context` of a cdk.json holds them, and the file that they came from."""

    path: Path
    values: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> ConfigFile:
        """Read a file.

        Raises:
            RehearsalError: it cannot be read, is no object of settings, or declares versions, which the rehearsal
                chooses.
        """
        try:
            values = parsed(path.read_text())
        except OSError as error:
            raise RehearsalError(f"{path} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise RehearsalError(f"{path} is not JSON: {error}") from error
        except SettingsError as error:
            raise RehearsalError(f"{path}: {error}") from error
        if not isinstance(values, dict):
            raise RehearsalError(f"{path} holds {type(values).__name__}; allowed: an object of settings by name")
        if "context" in values:
            raise RehearsalError(
                f"{path} has a key context, as a whole cdk.json has; allowed: what stands below it alone"
            )
        for key in values:
            if key.rpartition(".")[2] in DECLARED_STATE:
                raise RehearsalError(f"{path}: {key}: got {values[key]!r}; allowed: nothing, use --live and --next")
        return cls(path, values)

    def settings(self, project: Project, replaced: Mapping[str, Any]) -> Settings:
        """The project's settings of production with these, and with what is `replaced` on top of them.

        Raises:
            ProjectError: naming the file and the first key that is not allowed.
        """
        context = {**project.production(), **self.values, **replaced}
        try:
            return Settings.from_context(context, context)
        except SettingsError as error:
            raise ProjectError(f"{self.path}: {error}") from error
