"""CodeBuild as whoever takes a role."""

from __future__ import annotations

PRINCIPAL = "codebuild.amazonaws.com"
