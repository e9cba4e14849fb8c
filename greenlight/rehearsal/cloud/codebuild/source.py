"""The source of a build: artifacts of a pipeline, each in a folder of its own.

A full clone (`CODEBUILD_CLONE_REF`) is a reference to a repository and a commit, which CodeBuild clones with the
project's own right to use the connection (docs.aws.amazon.com/codepipeline/latest/userguide/
action-reference-CodestarConnectionSource.html). Any other artifact is a zip archive.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from greenlight.processes.owner import Processes
from greenlight.rehearsal.cloud.codebuild.errors import ServiceError
from greenlight.rehearsal.cloud.codebuild.order import ArtifactPlace
from greenlight.rehearsal.cloud.codeconnections.use import PUSH, ConnectionUseError, Use, check_use
from greenlight.rehearsal.cloud.git import Git, GitError

NO_CREDENTIALS = "/no-credentials/git-credential-helper-is-not-yes"
"""Where git looks for the repository when it has no credentials for it; its error names the cause."""
NO_PUSH = "/no-right/the-role-may-not-use-the-connection-to-GitPush"
"""Where git pushes to when the project's role may not push through the connection."""


@dataclass(frozen=True)
class CloneReference:
    """What a full clone is made of; `repository` is a folder of this machine."""

    repository: str
    commit: str
    use: Use

    def body(self) -> bytes:
        """The artifact that stands for it."""
        return json.dumps({"clone": asdict(self)}).encode()

    @classmethod
    def read(cls, body: bytes) -> CloneReference | None:
        """Read an artifact; None for a zip archive."""
        if not body.startswith(b'{"clone"'):
            return None
        told = json.loads(body)["clone"]
        return cls(told["repository"], told["commit"], Use(**told["use"]))


@dataclass(frozen=True)
class SourceFolder:
    """Puts artifacts where a build finds them."""

    root: Path
    role_arn: str
    client: Callable[[str], Any]
    processes: Processes

    def put(self, places: tuple[ArtifactPlace, ...]) -> dict[str, str]:
        """Fetch the artifacts; return the variables that lead to the others than the first. Raises ServiceError."""
        variables = {}
        for number, place in enumerate(places):
            folder = self.primary if number == 0 else self.root / f"src{number:02}"
            self._fetch(place, folder)
            if number:
                variables[f"CODEBUILD_SRC_DIR_{place.name}"] = str(folder)
        self.primary.mkdir(parents=True, exist_ok=True)
        return variables

    @property
    def primary(self) -> Path:
        """Where the commands begin."""
        return self.root / "src"

    def forget_credentials(self) -> None:
        """Let git ask the repository nothing more: CodeBuild had the credentials for its own clone alone."""
        if (self.primary / ".git").is_dir():
            Git(self.processes).run(self.primary, "remote", "set-url", "origin", NO_CREDENTIALS)

    def _fetch(self, place: ArtifactPlace, folder: Path) -> None:
        try:
            body = self.client("s3").get_object(Bucket=place.bucket, Key=place.key)["Body"].read()
        except Exception as error:
            raise ServiceError(f"the artifact {place.name} cannot be read: {error}") from error
        reference = CloneReference.read(body)
        if reference:
            self._clone(reference, folder)
        else:
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                archive.extractall(folder)

    def _clone(self, reference: CloneReference, folder: Path) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            check_use(self.role_arn, reference.use)
        except ConnectionUseError as error:
            raise ServiceError(str(error)) from error
        git = Git(self.processes)
        try:
            git.run(self.root, "clone", "--quiet", "--no-hardlinks", reference.repository, str(folder))
            git.run(folder, "checkout", "--quiet", reference.commit)
            if not self._may_push(reference.use):
                git.run(folder, "remote", "set-url", "--push", "origin", NO_PUSH)
        except GitError as error:
            raise ServiceError(str(error)) from error

    def _may_push(self, pull: Use) -> bool:
        try:
            check_use(self.role_arn, replace(pull, purpose=PUSH))
        except ConnectionUseError:
            return False
        return True
