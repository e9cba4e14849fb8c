"""What is to be synthesized: one assembly for each set of flags that a rehearsal will deploy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Assembly:
    """One set of flags, as `-c` would give them, and the folder for its templates."""

    folder: Path
    flags: Mapping[str, str]


def write_plan(path: Path, context: Mapping[str, Any], assemblies: Sequence[Assembly]) -> None:
    """Write what the synthesizer reads: cdk.json's context, and the assemblies in the order of their need."""
    wanted = [{"folder": str(each.folder), "flags": dict(each.flags)} for each in assemblies]
    path.write_text(json.dumps({"context": dict(context), "assemblies": wanted}))


def finished_mark(folder: Path) -> Path:
    """The file that says that an assembly is whole."""
    return folder.with_name(f"{folder.name}.done")
