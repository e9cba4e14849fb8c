"""The project that a command works on: its cdk.json, and the three facts that a release writes there."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight_cdk.names import Names

from greenlight.errors import ProjectError
from stacks.options.document import parsed, settings_below
from stacks.options.stages import STAGE, STAGES
from stacks.settings import Settings, SettingsError

CHECKOUT = Path(__file__).resolve().parents[1]
"""The folder of app.py, of the services and of the pinned CDK CLI."""


@dataclass(frozen=True)
class Project:
    """A folder with a cdk.json: the checkout itself, or the copy that a rehearsal works in."""

    folder: Path
    stage: str | None = None
    """The stage that a command is about; None is production."""

    @classmethod
    def here(cls, stage: str | None = None) -> Project:
        """The project of the current folder, or the checkout when there is no cdk.json here."""
        folder = Path.cwd()
        return cls(folder if (folder / "cdk.json").is_file() else CHECKOUT, stage)

    @property
    def names(self) -> Names:
        """The names of the stage's stacks."""
        return Names(self.stage or "")

    def settings(self, overrides: Mapping[str, Any] | None = None) -> Settings:
        """The validated settings of the stage, with flags as `-c` would give them.

        Raises:
            ProjectError: cdk.json cannot be read, or a setting is not allowed.
        """
        declared = self.context()
        chosen = {} if self.stage is None else {STAGE: self.stage}
        try:
            return Settings.from_context({**declared, **chosen, **(overrides or {})}, declared)
        except SettingsError as error:
            raise ProjectError(str(error)) from error

    def context(self) -> dict[str, Any]:
        """The context of cdk.json."""
        return dict(self._read().get("context", {}))

    def production(self) -> dict[str, Any]:
        """The context of cdk.json without the stages beside production."""
        return {key: value for key, value in self.context().items() if key != STAGES}

    def declare(self, service: str, facts: Mapping[str, Any]) -> None:
        """Write a service's facts at the stage into cdk.json, so that the next plain deploy changes nothing.

        The file is replaced in one step: a full disk must not leave half of it.

        Raises:
            ProjectError: it could not be written; the message has what somebody has to write instead.
        """
        body = self._read()
        context = body["context"]
        place = context[STAGES][self.stage] if self.stage else context
        place["services"][service].update(facts)
        draft = self._file.with_suffix(".json.new")
        try:
            draft.write_text(json.dumps(body, indent=2) + "\n")
            os.replace(draft, self._file)
        except OSError as error:
            where = f"{f'stages.{self.stage}.' if self.stage else ''}services.{service}"
            raise ProjectError(
                f"{service} is released, but {self._file} could not be written: {error.strerror}. Write this into"
                f" {where} yourself, or the next deploy undoes it: {json.dumps(facts)}"
            ) from error

    @property
    def _file(self) -> Path:
        return self.folder / "cdk.json"

    def _read(self) -> dict[str, Any]:
        try:
            body: dict[str, Any] = parsed(self._file.read_text())
            settings_below("context", body)
        except OSError as error:
            raise ProjectError(f"{self._file} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise ProjectError(f"{self._file} is not JSON: {error}. Correct it, or take it back from git") from error
        except SettingsError as error:
            raise ProjectError(f"{self._file}: {error}. Correct it, or take it back from git") from error
        return body
