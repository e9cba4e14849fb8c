"""The settings that ask for the pipeline, and the versions that its commits want."""

from __future__ import annotations

from collections.abc import Mapping

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.acts.flags import UNDO, Script

REPOSITORY, BRANCH = "acme/storefront", "main"
SETTINGS: Mapping[str, str] = {
    "pipeline_connection_arn": (
        f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/0f5bdf4e-5b1e-4b5c-9d3a-1f0c8a9e7d21"
    ),
    "pipeline_repository": REPOSITORY,
    "pipeline_branch": BRANCH,
}
SCENE = "pipeline"


def flags(script: Script) -> Mapping[str, str]:
    """What `UNDO` declares, and the pipeline."""
    return {**UNDO(script), **SETTINGS}
