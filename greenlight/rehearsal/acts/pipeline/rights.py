"""What the roles of a run have used of what they may do: nothing is to be granted that no run asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from greenlight.rehearsal.acts.pipeline.roles import Grants

NOT_ASKED: Mapping[str, str] = {
    "codebuild:StopBuild": "a run that is stopped stops its builds",
    "codestar-connections:UseConnection": "a connection that was made before the service was renamed",
    "ecr:GetDownloadUrlForLayer": "a version that is there already is pulled",
    "s3:GetBucketAcl": "CodeBuild guide, service role",
    "s3:GetBucketLocation": "CodeBuild guide, service role",
    "s3:GetBucketVersioning": "CodePipeline guide, service role",
    "s3:GetObjectVersion": "CodeBuild guide, service role",
    "DeliveryRole s3:GetObject": "CodePipeline guide, service role: it hands artifacts on",
    "DeliveryRole s3:PutObject": "CodePipeline guide, service role: it hands artifacts on",
    "DeliverySourceRole s3:GetObject": "CodePipeline guide, service role",
}
"""What is granted for other runs than a plain one, or since AWS's pages list it; by action, or by role and action."""


def unused(granted: Mapping[str, Grants], used: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Name each role with an action that it may do and has not done. `used` has actions by the role's name in IAM."""
    for role, grants in granted.items():
        for action in sorted(grants.actions.difference(used.get(grants.name, ()))):
            if action not in NOT_ASKED and f"{role} {action}" not in NOT_ASKED:
                yield f"{role} {action}"
