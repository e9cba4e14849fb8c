"""What the pipeline's own roles may do beside the duties of `delivery_rights`: start, clone, log, tell.

Pure data, without the CDK.
"""

from __future__ import annotations

from greenlight_cdk.people_rights import Allowance


def use_connection(connection: str) -> Allowance:
    """Clone through the connection.

    The service was renamed, and IAM compares the prefix of the action with that of the ARN: a connection has the one
    under which it was made (Developer Tools console guide, "Summary of changes" of the rename).
    """
    uses = ("codeconnections:UseConnection", "codestar-connections:UseConnection")
    return Allowance("UseConnection", uses, (connection,))


def source(connection: str, bucket: str) -> tuple[Allowance, ...]:
    """Looks for commits, and leaves in the bucket where builds find theirs."""
    return (
        use_connection(connection),
        Allowance("KeepCommit", ("s3:GetObject", "s3:PutObject"), (f"{bucket}/*",)),
        Allowance("KnowBucket", ("s3:GetBucketVersioning",), (bucket,)),
    )


def build(connection: str, bucket: str, logs: str) -> tuple[Allowance, ...]:
    """What every build does: it clones its commit and writes its log (CodeBuild guide, service role).

    That page lists what is asked of the bucket itself and GetObjectVersion too; no run of a rehearsal asks for them.
    """
    return (
        use_connection(connection),
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
