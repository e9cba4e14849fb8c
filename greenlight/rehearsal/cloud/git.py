"""Git on the repositories of a run, without the settings of whoever rehearses.

A repository `owner/name` is the folder `repositories/owner/name.git` of the run; a push to it is a push.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from greenlight.processes.owner import Processes

SECONDS = 120


class GitError(Exception):
    """Git refused; the text is what it said."""


@dataclass(frozen=True)
class Git:
    """Runs git as a process of the cloud."""

    processes: Processes

    def run(self, folder: Path, *arguments: str) -> bytes:
        """Run it in a folder and return what it printed. Raises GitError."""
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder)}
        done = self.processes.run(("git", "-C", str(folder), *arguments), environment=environment, seconds=SECONDS)
        if done.exit_code:
            raise GitError(f"git {arguments[0]}: {done.errors.decode(errors='replace').strip()}")
        return done.output


def repository_folder(run_dir: Path, full_id: str) -> Path:
    """Where the repository `owner/name` is."""
    return run_dir / "repositories" / f"{full_id}.git"
