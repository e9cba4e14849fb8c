"""Where commits come from, and which of them start a run."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_iam as iam

from greenlight_cdk.pipeline.rights import Origin

RECORD = "cdk.json"
"""What a run writes back. A commit that changes nothing else starts none, or each release would start one more."""
NAMESPACE = "Commit"


@dataclass(frozen=True)
class Repository:
    """A branch of a repository, `owner/name`, and the ARN of the connection to where that is."""

    connection: str
    name: str
    branch: str

    @property
    def origin(self) -> Origin:
        """What roles may use the connection for."""
        return Origin(self.connection, self.name)

    @property
    def commit_link(self) -> str:
        """The console's link to the commit of a run, which leads on to wherever the repository is."""
        redirect = f"https://{Aws.REGION}.console.aws.amazon.com/codesuite/settings/connections/redirect"
        about = f"connectionArn={self.connection}&referenceType=COMMIT&FullRepositoryId={self.name}"
        return f"{redirect}?{about}&Commit=#{{{NAMESPACE}.CommitId}}"


def source_action(
    repository: Repository, output: codepipeline.Artifact, role: iam.IRole
) -> actions.CodeStarConnectionsSourceAction:
    """Hand on a reference with which builds clone the whole repository: git's history has to be there."""
    owner, _, name = repository.name.rpartition("/")
    return actions.CodeStarConnectionsSourceAction(
        action_name="Source",
        connection_arn=repository.connection,
        owner=owner,
        repo=name,
        branch=repository.branch,
        output=output,
        code_build_clone_output=True,
        variables_namespace=NAMESPACE,
        role=role,
    )


def trigger(repository: Repository, source: codepipeline.IAction) -> codepipeline.TriggerProps:
    """Start a run for each push to the branch; this ends CodePipeline's own watch (API, PipelineTriggerDeclaration)."""
    pushes = codepipeline.GitPushFilter(branches_includes=[repository.branch], file_paths_excludes=[RECORD])
    return codepipeline.TriggerProps(
        provider_type=codepipeline.ProviderType.CODE_STAR_SOURCE_CONNECTION,
        git_configuration=codepipeline.GitConfiguration(source_action=source, push_filter=[pushes]),
    )
