"""Where an image comes from, as a statement that tools read: SLSA provenance v1 in an in-toto statement. Pure.

It is not signed: it is as true as the registry is guarded (slsa.dev/spec/v1.0/provenance).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "urn:greenlight:delivery:image"
BY_HAND = "urn:greenlight:by-hand"


@dataclass(frozen=True)
class Origin:
    """What was built: the service's folder of a repository at a commit, for a platform."""

    repository: str
    folder: str
    commit: str
    platform: str


def statement(image: str, digest: str, origin: Origin, environment: Mapping[str, str]) -> dict[str, Any]:
    """Say of an image, by its digest, from what and by whom it was built; `environment` is the build's."""
    builder, run = _builder(environment)
    source = {"uri": _repository(origin.repository, environment), "digest": {"gitCommit": origin.commit}}
    return {
        "_type": STATEMENT,
        "subject": [{"name": image, "digest": {"sha256": digest.removeprefix("sha256:")}}],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"folder": origin.folder, "platform": origin.platform},
                "resolvedDependencies": [source],
            },
            "runDetails": {"builder": {"id": builder}, "metadata": {"invocationId": run}},
        },
    }


def _builder(environment: Mapping[str, str]) -> tuple[str, str]:
    """Who built, and in which run: a build of CodeBuild's, a job of GitHub's, or somebody.

    The variables are those of CodeBuild's guide, "Environment variables in build environments", and of GitHub's.
    """
    if build := environment.get("CODEBUILD_BUILD_ARN"):
        return build.rpartition(":")[0], build
    if run := environment.get("GITHUB_RUN_ID"):
        server, workflow = (environment.get(f"GITHUB_{each}", "") for each in ("SERVER_URL", "WORKFLOW_REF"))
        return f"{server}/{workflow}", f"{server}/{environment.get('GITHUB_REPOSITORY', '')}/actions/runs/{run}"
    return BY_HAND, ""


def _repository(told: str, environment: Mapping[str, str]) -> str:
    if repository := environment.get("GITHUB_REPOSITORY"):
        return f"{environment.get('GITHUB_SERVER_URL', '')}/{repository}"
    return told
