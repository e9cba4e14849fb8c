"""Source/AWS/CodeStarSourceConnection: a commit of a repository behind a connection, whole or as an archive.

docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html: output variables, and
CODEBUILD_CLONE_REF, which only CodeBuild can use.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from greenlight.rehearsal.cloud.codebuild.order import ArtifactPlace
from greenlight.rehearsal.cloud.codebuild.source import CloneReference
from greenlight.rehearsal.cloud.codeconnections.use import PULL, ConnectionUseError, Use, check_use
from greenlight.rehearsal.cloud.codepipeline.errors import ActionFailedError
from greenlight.rehearsal.cloud.codepipeline.step import Step
from greenlight.rehearsal.cloud.git import GitError, repository_folder

FULL_CLONE = "CODEBUILD_CLONE_REF"
PROVIDER = "GitHub"
"""What a connection leads to here; with it a revision's summary is JSON, unlike that of other sources."""
_SEPARATOR = "%x00"


def play(step: Step) -> Mapping[str, str]:
    """Find the commit and store it as the action's artifact. Raises ActionFailedError."""
    given = step.configuration
    connection, full_id, branch = given["ConnectionArn"], given["FullRepositoryId"], given["BranchName"]
    try:
        check_use(step.role.arn, Use(connection, full_id, branch, PULL))
    except ConnectionUseError as error:
        raise ActionFailedError(f"[{connection}] {error}", "PermissionError") from error
    repository = repository_folder(step.run_dir, full_id)
    found = _commit(step, repository, branch)
    (name,) = step.run.action.outputs
    place = step.new_artifact(name, found["CommitId"])
    body = _body(step, repository, found["CommitId"])
    step.call("s3", "put_object", Bucket=place.bucket, Key=place.key, Body=body)
    _remember(step, place, found)
    return {
        **found,
        "BranchName": branch,
        "ConnectionArn": connection,
        "FullRepositoryName": full_id,
    }


def _commit(step: Step, repository: Path, branch: str) -> dict[str, str]:
    """The commit that was pushed, or the newest of the branch, with what git says of it."""
    full_id = step.configuration["FullRepositoryId"]
    if not repository.is_dir():
        raise ActionFailedError(
            f"[{step.configuration['ConnectionArn']}] No repository {full_id}: the rehearsal looks for the bare"
            f" repository {repository}",
            "ConfigurationError",
        )
    wanted = step.run.execution.revision or f"refs/heads/{branch}"
    form = _SEPARATOR.join(("%H", "%aI", "%s"))
    try:
        said = step.git.run(repository, "log", "-1", f"--format={form}", wanted).decode(errors="replace")
    except GitError as error:
        raise ActionFailedError(f"No Branch [{branch}] found for FullRepositoryName [{full_id}]") from error
    commit, date, message = said.rstrip("\n").split("\0")
    return {"CommitId": commit, "AuthorDate": date, "CommitMessage": message}


def _body(step: Step, repository: Path, commit: str) -> bytes:
    given = step.configuration
    if given.get("OutputArtifactFormat") == FULL_CLONE:
        use = Use(given["ConnectionArn"], given["FullRepositoryId"], given["BranchName"], PULL)
        return CloneReference(str(repository), commit, use).body()
    return step.git.run(repository, "archive", "--format=zip", commit)


def _remember(step: Step, place: ArtifactPlace, found: Mapping[str, str]) -> None:
    execution = step.run.execution
    execution.artifacts[place.name] = place
    summary = json.dumps({"ProviderType": PROVIDER, "CommitMessage": found["CommitMessage"]})
    execution.revisions[step.run.action.name] = (found["CommitId"], summary)
