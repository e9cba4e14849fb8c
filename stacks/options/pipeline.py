"""Settings of the pipeline that delivers from a repository."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from stacks.options.values import Allowed, Integer, Null, Options, SettingsError

REQUIRED = ("pipeline_connection_arn", "pipeline_repository", "pipeline_branch")
"""Without any of these there is no pipeline; some of them are no pipeline either."""


def _branch(name: str) -> str:
    """Refuse what git refuses of a name that the pattern lets through (git-check-ref-format)."""
    if ".." in name or "//" in name or name.endswith(("/", ".", ".lock")):
        raise ValueError("git knows no such name")
    return name


ConnectionArn = Annotated[
    Annotated[
        str,
        Field(
            pattern=r"^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}$"
        ),
    ]
    | None,
    Null,
    Allowed("the ARN of a connection, arn:aws:codeconnections:REGION:ACCOUNT:connection/ID; left out, no pipeline"),
]
Repository = Annotated[
    Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$", max_length=200)] | None,
    Null,
    Allowed("owner/name, as in the address of the repository; left out, no pipeline"),
]
Branch = Annotated[
    Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$"), AfterValidator(_branch)] | None,
    Null,
    Allowed("the name of a branch, without `refs/heads/` and without wildcards, e.g. main; left out, no pipeline"),
]
GrowthPercent = Annotated[
    Annotated[Integer, Field(ge=1, le=1000)] | None,
    Null,
    Allowed("an integer from 1 to 1000; null for no check"),
]


class PipelineOptions(Options):
    """What PipelineStack is built from."""

    pipeline_connection_arn: ConnectionArn = Field(
        default=None,
        description="The connection to where the repository is (Developer Tools, Connections). With it, the repository"
        " and the branch, the stack GreenlightPipeline is deployed: see docs/pipeline.md.",
    )
    pipeline_repository: Repository = Field(default=None, description="The repository that is delivered from.")
    pipeline_branch: Branch = Field(default=None, description="The branch whose commits are delivered.")
    pipeline_approval: bool = Field(
        default=True, description="Whether a person has to approve each run, after its plan and before its release."
    )
    pipeline_approval_hours: Integer = Field(
        default=168,
        ge=1,
        le=1440,
        description="Hours after which a run that nobody approved ends (range: CodePipeline, manual approval).",
    )
    image_growth_percent: GrowthPercent = Field(
        default=50,
        description="By how many percent an image that a pipeline builds may be larger than the largest that runs. A"
        " larger one is not pushed.",
    )

    @property
    def has_pipeline(self) -> bool:
        """Whether there is a pipeline."""
        return self.pipeline_connection_arn is not None

    @model_validator(mode="after")
    def _a_pipeline_has_all_that_it_needs(self) -> PipelineOptions:
        given = [name for name in REQUIRED if getattr(self, name) is not None]
        missing = [name for name in REQUIRED if name not in given]
        if given and missing:
            raise SettingsError(
                f"{given[0]}: got {getattr(self, given[0])!r} without {' and '.join(missing)}; allowed: all of"
                f" {', '.join(REQUIRED)}, or none for no pipeline"
            )
        return self
