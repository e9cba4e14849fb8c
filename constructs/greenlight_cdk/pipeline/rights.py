"""What the pipeline's own roles may do beside the duties of `delivery_rights`: start, clone, log, tell.

Pure data, without the CDK.
"""

from __future__ import annotations

from dataclasses import dataclass

from greenlight_cdk.people_rights import Allowance

SERVICES = ("codeconnections", "codestar-connections")
"""The service was renamed, and IAM compares the prefix of the action with that of the ARN: a connection has the one
under which it was made (Developer Tools console guide, "Summary of changes" of the rename)."""


@dataclass(frozen=True)
class Origin:
    """A connection by its ARN, and the one repository, `owner/name`, that it is used for."""

    connection: str
    repository: str


def use_connection(origin: Origin, *, pushes: bool = False) -> Allowance:
    """Clone one repository through the connection, which may lead to many; push to it, or not.

    The keys are there "only when the connection is being used to access a specific repository" (the same guide, "Using
    a connection"), hence the conditions that let pass what names none: such a use reads and writes no code.
    """
    ours = {f"{service}:FullRepositoryId": origin.repository for service in SERVICES}
    reads = {f"{service}:ProviderAction": "GitPush" for service in SERVICES}
    conditions = {"StringEqualsIfExists": ours, **({} if pushes else {"StringNotEqualsIfExists": reads})}
    uses = tuple(f"{service}:UseConnection" for service in SERVICES)
    return Allowance("UseConnection", uses, (origin.connection,), conditions)


def source(origin: Origin, bucket: str) -> tuple[Allowance, ...]:
    """Looks for commits, and leaves in the bucket where builds find theirs."""
    return (
        use_connection(origin),
        Allowance("KeepCommit", ("s3:GetObject", "s3:PutObject"), (f"{bucket}/*",)),
        Allowance("KnowBucket", ("s3:GetBucketVersioning",), (bucket,)),
    )


def build(origin: Origin, bucket: str, logs: str, *, pushes: bool) -> tuple[Allowance, ...]:
    """What every build does: it clones its commit and writes its log (CodeBuild guide, service role).

    That page lists what is asked of the bucket itself and GetObjectVersion too; no run of a rehearsal asks for them.
    """
    return (
        use_connection(origin, pushes=pushes),
        Allowance("FindCommit", ("s3:GetObject", "s3:GetObjectVersion"), (f"{bucket}/*",)),
        Allowance("KnowBucket", ("s3:GetBucketAcl", "s3:GetBucketLocation"), (bucket,)),
        Allowance("Log", ("logs:CreateLogStream", "logs:PutLogEvents"), (logs,)),
    )


def start(project: str) -> tuple[Allowance, ...]:
    """Starts a project's builds, follows them, and stops them with the run (CodePipeline guide, CodeBuild action)."""
    return (
        Allowance("Build", ("codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"), (project,)),
    )


def ask(topic: str) -> tuple[Allowance, ...]:
    """Tells people that a run waits for them."""
    return (Allowance("Ask", ("sns:Publish",), (topic,)),)


def conduct(roles: tuple[str, ...], bucket: str) -> tuple[Allowance, ...]:
    """The pipeline itself: takes the role of each action, and hands artifacts on."""
    return (
        Allowance("TakeRoles", ("sts:AssumeRole",), roles),
        Allowance("HandOn", ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"), (f"{bucket}/*",)),
        Allowance("KnowBucket", ("s3:GetBucketLocation", "s3:GetBucketVersioning"), (bucket,)),
    )
