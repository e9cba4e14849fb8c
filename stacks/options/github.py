"""Settings of the GitHub repository whose workflows deliver."""

from __future__ import annotations

from typing import Annotated

from greenlight_cdk.github_subjects import ISSUER, Workflows
from pydantic import AfterValidator, Field, model_validator

from stacks.options.values import Allowed, Integer, Null, Options, SettingsError

LARGEST_ID = 2**53


def _branch(name: str) -> str:
    """Refuse what git refuses of a name that the pattern lets through (git-check-ref-format)."""
    if ".." in name or "//" in name or name.endswith(("/", ".", ".lock")):
        raise ValueError("git knows no such name")
    return name


Repository = Annotated[
    Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,38})/[A-Za-z0-9_.-]{1,100}$")] | None,
    Null,
    Allowed("owner/name, in the letters that GitHub shows; left out, no roles for GitHub"),
]
Id = Annotated[
    Annotated[Integer, Field(ge=1, le=LARGEST_ID)] | None,
    Null,
    Allowed("a number, as `gh api repos/OWNER/NAME` shows it; left out, subjects of the older form"),
]
Branch = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$"),
    AfterValidator(_branch),
    Allowed("the name of a branch, without `refs/heads/` and without wildcards, e.g. main"),
]
Environment = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$"),
    Allowed("letters, digits, '_', '.' and '-', without wildcards, e.g. production"),
]
ProviderArn = Annotated[
    Annotated[str, Field(pattern=rf"^arn:aws[a-z-]*:iam::[0-9]{{12}}:oidc-provider/{ISSUER.replace('.', '[.]')}$")]
    | None,
    Null,
    Allowed(f"arn:aws:iam::ACCOUNT:oidc-provider/{ISSUER}; left out, the stack makes the provider"),
]


class GithubOptions(Options):
    """What GithubAccessStack is built from."""

    github_repository: Repository = Field(
        default=None,
        description="The repository whose workflows push, plan and release. With it the stack GreenlightGithub is"
        " deployed: see docs/github.md.",
    )
    github_owner_id: Id = Field(
        default=None,
        description="The number of the repository's owner, for a repository whose tokens have it in their subject:"
        " every one that was made or renamed since July 2026.",
    )
    github_repository_id: Id = Field(default=None, description="The number of the repository, likewise.")
    github_branch: Branch = Field(default="main", description="The branch whose jobs may push images.")
    github_environment: Environment = Field(
        default="production",
        description="The environment whose jobs may release; give it reviewers, and let it take that branch alone.",
    )
    github_provider_arn: ProviderArn = Field(
        default=None,
        description="The account's provider for GitHub where it has one already: there can be one alone.",
    )

    build_cache: bool = Field(
        default=False,
        description="Whether GitHub's jobs keep the layers that they build for the next build, until two weeks after"
        " their last change, in a repository of its own for each service. It costs their storage.",
    )

    @property
    def has_github(self) -> bool:
        """Whether workflows of GitHub have roles."""
        return self.github_repository is not None

    @property
    def github_workflows(self) -> Workflows:
        """The workflows that have them."""
        return Workflows(
            repository=self.github_repository or "",
            owner_id=self.github_owner_id,
            repository_id=self.github_repository_id,
            branch=self.github_branch,
            environment=self.github_environment,
        )

    @model_validator(mode="after")
    def _ids_come_together(self) -> GithubOptions:
        ids = {"github_owner_id": self.github_owner_id, "github_repository_id": self.github_repository_id}
        given = [name for name, value in ids.items() if value is not None]
        if len(given) == 1:
            (missing,) = ids.keys() - given
            raise SettingsError(
                f"{given[0]}: got {ids[given[0]]} without {missing}; allowed: both, as `gh api repos/OWNER/NAME` shows"
                " them, or neither"
            )
        return self

    @model_validator(mode="after")
    def _a_cache_is_for_jobs(self) -> GithubOptions:
        if self.build_cache and not self.has_github:
            raise SettingsError(
                "build_cache: got true without github_repository; allowed: together with it, whose jobs keep it, or"
                " false"
            )
        return self

    @model_validator(mode="after")
    def _ids_are_of_a_repository(self) -> GithubOptions:
        for name in ("github_owner_id", "github_provider_arn"):
            if not self.has_github and getattr(self, name) is not None:
                raise SettingsError(
                    f"{name}: got {getattr(self, name)} without github_repository; allowed: together with it, or not"
                    " at all"
                )
        return self
