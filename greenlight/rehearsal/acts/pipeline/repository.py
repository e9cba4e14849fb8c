"""The repository behind the connection: a clone of it beside the rehearsal's project, and commits that are pushed.

A commit has the checkout's code as it is, and the rehearsal's settings. Three things are not the checkout's: its
Makefile, which installs and checks nothing, and programs in place of Docker and the AWS CLI.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight.errors import RehearsalError
from greenlight.project import CHECKOUT
from greenlight.rehearsal.acts.pipeline.settings import BRANCH, REPOSITORY, SETTINGS
from greenlight.rehearsal.cloud.git import Git, GitError, repository_folder
from greenlight.rehearsal.stage import Stage
from stacks.options.compute import RENEWED_AT

CODE = ("app.py", "constructs", "delivery", "greenlight", "lambda", "package.json", "stacks")
FACTS = "cdk.json"
NOT_COMMITTED = (".venv", "__pycache__", "build", "cdk.out", "node_modules")
BROUGHT = Path(__file__).with_name("brought")
IDENTITY = ("-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@invalid")


@dataclass(frozen=True)
class Repository:
    """The repository as somebody who may push to it has it, in the folder `storefront` of the rehearsal."""

    stage: Stage

    @property
    def folder(self) -> Path:
        """The clone."""
        return self.stage.place.root / REPOSITORY.rpartition("/")[2]

    def push(self, versions: Mapping[str, str]) -> str:
        """Commit that these versions are wanted, by the service; return the commit's id.

        Raises:
            RehearsalError: git refused.
        """
        self._refresh()
        sources = {service.name: service.source for service in self.stage.settings.services}
        for name, version in versions.items():
            (self.folder / sources[name] / "VERSION").write_text(f"{version}\n")
        self._git("add", "--all")
        wanted = ", ".join(f"{name} {version}" for name, version in versions.items())
        self._git(*IDENTITY, "commit", "--quiet", "--message", f"Release {wanted}")
        self._git("push", "--quiet", "origin", f"HEAD:{BRANCH}")
        return self._git("rev-parse", "HEAD")

    def head(self) -> str:
        """The newest commit of the branch, whoever made it."""
        return self._git("ls-remote", "origin", f"refs/heads/{BRANCH}").partition("\t")[0]

    def declared(self, service: str) -> Mapping[str, Any]:
        """What the branch's cdk.json says of a service."""
        self._git("fetch", "--quiet", "origin", BRANCH)
        context = json.loads(self._git("show", f"FETCH_HEAD:{FACTS}"))["context"]
        return dict(context["services"][service])

    def _refresh(self) -> None:
        """Clone, and fill what is empty; or go on from the newest commit."""
        if not self.folder.is_dir():
            bare = repository_folder(self.stage.place.root, REPOSITORY)
            self._git("clone", "--quiet", str(bare), str(self.folder), inside=bare.parent)
            self._fill()
            return
        self._git("fetch", "--quiet", "origin", BRANCH)
        self._git("reset", "--quiet", "--hard", "FETCH_HEAD")

    def _fill(self) -> None:
        ignored = shutil.ignore_patterns(*NOT_COMMITTED)
        for name in dict.fromkeys((*CODE, *(service.source for service in self.stage.settings.services))):
            source, target = CHECKOUT / name, self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target, ignore=ignored) if source.is_dir() else shutil.copy(source, target)
        (self.folder / ".gitignore").write_text("\n".join(NOT_COMMITTED) + "\n")
        own = f"OWN := {sys.prefix}\nCHECKOUT := {CHECKOUT}\n"
        (self.folder / "Makefile").write_text((BROUGHT / "Makefile").read_text() + own)
        (self.folder / FACTS).write_text(self._project())

    def _project(self) -> str:
        """The rehearsal's cdk.json with the pipeline's settings, running the app of the clone.

        It asks for no host but the one that the act's scene has deployed, also after an act that renewed it.
        """
        body = json.loads((self.stage.place.project.folder / FACTS).read_text())
        body["app"] = json.loads((CHECKOUT / FACTS).read_text())["app"]
        body["context"] |= SETTINGS
        body["context"].pop(RENEWED_AT, None)
        return json.dumps(body, indent=2) + "\n"

    def _git(self, *arguments: str, inside: Path | None = None) -> str:
        try:
            return Git(self.stage.processes).run(inside or self.folder, *arguments).decode().strip()
        except GitError as error:
            raise RehearsalError(f"the rehearsed repository: {error}") from error
