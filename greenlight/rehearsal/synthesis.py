"""What is to be synthesized: one assembly for each set of flags that a rehearsal will deploy."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight.rehearsal.certificates import CERTIFICATE_SETTING
from stacks.settings import Settings


@dataclass(frozen=True)
class Assembly:
    """One set of flags, as `-c` would give them, and the folder for its templates."""

    folder: Path
    flags: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """What is known of a rehearsal before it begins.

    Attributes:
        project: the cdk.json of the project's copy.
        flags: every set of flags that will be deployed, by name, in the order of their need.
    """

    settings: Settings
    project: Mapping[str, Any]
    flags: Mapping[str, Mapping[str, str]]

    @property
    def needs_a_certificate(self) -> bool:
        """Whether a listener speaks TLS at any time."""
        return bool(self.settings.certificate_arn) or any(CERTIFICATE_SETTING in each for each in self.flags.values())

    def write(self, path: Path, folder: Callable[[str], Path]) -> None:
        """Write what the synthesizer reads: cdk.json's context, and each set of flags with the folder for it."""
        wanted = [{"folder": str(folder(name)), "flags": dict(flags)} for name, flags in self.flags.items()]
        path.write_text(json.dumps({"context": self.project["context"], "assemblies": wanted}))


def finished_mark(folder: Path) -> Path:
    """The file that says that an assembly is whole."""
    return folder.with_name(f"{folder.name}.done")
