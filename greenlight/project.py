"""The project that a command works on: its cdk.json, and the three facts that a release writes there."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight_cdk.names import Names

from greenlight.errors import ProjectError
from greenlight.json_text import with_members
from greenlight.wording import sentence
from stacks.options.compute import RENEWED_AT
from stacks.options.context import said_beside
from stacks.options.document import parsed, settings_below
from stacks.options.stages import STAGE, STAGES
from stacks.settings import Settings, SettingsError

CHECKOUT = Path(__file__).resolve().parents[1]
"""The folder of app.py, of the services and of the pinned CDK CLI."""


@dataclass(frozen=True)
class _Place:
    """What is to be written, and below which keys of cdk.json."""

    path: tuple[str, ...]
    values: Mapping[str, Any]

    def __str__(self) -> str:
        where = ".".join(self.path[1:] or self.path)
        return f"{where}: {json.dumps(dict(self.values))}"


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

        Raises:
            ProjectError: it could not be written; the message has what somebody has to write instead.
        """
        self.declare_all({service: facts}, f"{service} is released")

    def declare_all(self, facts: Mapping[str, Mapping[str, Any]], done: str) -> None:
        """Write the facts of several services, by name, in one step. `done` is what an error begins with.

        Raises:
            ProjectError: as above.
        """
        if overriding := self._overriding(facts):
            raise ProjectError(f"{done}, but {overriding}, then run `greenlight record`. Nothing was written")
        places = [_Place(self._path("services", service), values) for service, values in facts.items()]
        self._write(places, done, "undoes it")

    def declare_host(self, renewed_at: str) -> None:
        """Write into cdk.json when the stage's host was renewed, so that the next plain deploy keeps it.

        Raises:
            ProjectError: it could not be written; the message has what somebody has to write instead.
        """
        self._write([_Place(self._path(), {RENEWED_AT: renewed_at})], "the host is renewed", "renews the host again")

    def _overriding(self, facts: Mapping[str, Mapping[str, Any]]) -> str:
        """What of production would win against facts that are written, as a flag does; empty where nothing would.

        A stage has no such keys, and a file that cannot be read is told when it is written.
        """
        with suppress(ProjectError):
            context = {} if self.stage else self.context()
            for service, values in facts.items():
                for field, key, value in said_beside(context, service):
                    if field in values and str(value) != str(values[field]):
                        return f"{self._file} has {key!r} beside `services`, which overrides that: take it out"
        return ""

    def _path(self, *below: str) -> tuple[str, ...]:
        """Where the settings of the stage are written."""
        return ("context", *((STAGES, self.stage) if self.stage else ()), *below)

    def _write(self, places: Sequence[_Place], done: str, otherwise: str) -> None:
        """Replace the file in one step, and change nothing else of its text."""
        try:
            self._replace(self._edited(places))
        except (OSError, KeyError, ProjectError) as error:
            instead = f"Write this yourself, or the next deploy {otherwise}: {'; '.join(map(str, places))}"
            raise ProjectError(f"{done}, but {self._unwritten(error)}. {instead}") from error

    def _edited(self, places: Sequence[_Place]) -> str:
        text, _ = self._loaded()
        for place in places:
            text = with_members(text, place.path, place.values)
        return text

    def _unwritten(self, error: OSError | KeyError | ProjectError) -> str:
        if isinstance(error, KeyError):
            return f"{self._file} has no {error.args[0]!r} there any more"
        if isinstance(error, OSError):
            return f"{self._file} could not be written: {error.strerror}"
        return sentence(error.message)

    def _replace(self, text: str) -> None:
        """A full disk must not leave half of the file; what is read-only is left alone, and a link stays one."""
        file = self._file.resolve()
        mode = file.stat().st_mode
        if not mode & stat.S_IWUSR:
            raise PermissionError(errno.EACCES, "it is read-only")
        draft = file.with_suffix(".json.new")
        try:
            draft.write_bytes(text.encode())
            draft.chmod(stat.S_IMODE(mode))
            os.replace(draft, file)
        except OSError:
            with suppress(OSError):
                draft.unlink()
            raise

    @property
    def _file(self) -> Path:
        return self.folder / "cdk.json"

    def _read(self) -> dict[str, Any]:
        return self._loaded()[1]

    def _loaded(self) -> tuple[str, dict[str, Any]]:
        """The text as it is, line ends too, and what it says."""
        try:
            text = self._file.read_bytes().decode()
            body: dict[str, Any] = parsed(text)
            settings_below("context", body)
        except OSError as error:
            raise ProjectError(f"{self._file} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise ProjectError(f"{self._file} is not JSON: {error}. Correct it, or take it back from git") from error
        except SettingsError as error:
            raise ProjectError(f"{self._file}: {error}. Correct it, or take it back from git") from error
        return text, body
