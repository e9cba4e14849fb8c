"""Settings of the images' registry: of all of it, and of the services' repositories."""

from __future__ import annotations

from typing import Annotated

from greenlight_cdk.governance.upstreams import UPSTREAMS, Upstream
from greenlight_cdk.image_lifecycle import Lifecycle
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from stacks.options.values import Allowed, Null, Options, SettingsError, SigningProfile, listed, once

REGISTRY_WIDE = (
    "registry_scanning",
    "registry_scan_filters",
    "signing_profile",
    "replication_regions",
    "pull_through_cache",
    "docker_hub_secret_arn",
)
"""What an account has once in a region."""

OWN_REPOSITORIES = ("greenlight/*", "greenlight-*/*")
"""Production's repositories and those of its stages, as `names` has them."""


Scanning = Annotated[str, Field(pattern="^(off|basic|enhanced)$"), Allowed("off, basic or enhanced")]
Filters = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$", max_length=255)], ...],
    Field(min_length=1, max_length=100),
    BeforeValidator(listed),
    Allowed("1 to 100 names of repositories with `*`, e.g. greenlight/*, as a JSON list or separated by commas"),
]
Regions = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")], ...],
    Field(max_length=25),
    AfterValidator(once),
    BeforeValidator(listed),
    Allowed("up to 25 other regions, each once, e.g. eu-central-1, as a JSON list or separated by commas"),
]
Upstreams = Annotated[
    tuple[Upstream, ...],
    AfterValidator(once),
    BeforeValidator(listed),
    Allowed(f"some of {', '.join(UPSTREAMS)}, each once, as a JSON list or separated by commas"),
]
SecretArn = Annotated[
    Annotated[
        str,
        Field(
            pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:ecr-pullthroughcache/[\w/+=.@-]+$",
            max_length=612,
        ),
    ]
    | None,
    Null,
    Allowed("the ARN of a secret whose name begins with ecr-pullthroughcache/; left out, no Docker Hub"),
]
Accounts = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[0-9]{12}$")], ...],
    Field(max_length=50),
    AfterValidator(once),
    BeforeValidator(listed),
    Allowed("up to 50 account numbers of 12 digits, each once, as a JSON list of texts or separated by commas"),
]


class GovernanceOptions(Options):
    """What GovernanceStack is built from, and what repositories keep and whom they serve."""

    registry_scanning: Scanning = Field(
        default="off",
        description="How the registry of this account and region scans: basic, once at the push; enhanced, by Amazon"
        " Inspector and again and again, for money. off leaves it to each repository, and Greenlight's scan what is"
        " pushed. With this or one of the four that follow but the filters, the stack GreenlightGovernance is deployed:"
        " see docs/governance.md.",
    )
    registry_scan_filters: Filters = Field(
        default=OWN_REPOSITORIES,
        description="The repositories that registry_scanning is about. No other repository of the account is then"
        " scanned at a push, whatever it says itself: `*` scans all.",
    )
    signing_profile: SigningProfile = Field(
        default=None,
        description="Name of a new signing profile of AWS Signer, with which ECR signs what is pushed into Greenlight's"
        " repositories. Whoever pushes needs the right to sign with it; roles of the pipeline and of GitHub get it. A"
        " name cannot be used again within two years of its profile's end.",
    )
    replication_regions: Regions = Field(
        default=(), description="Other regions of this account into which production's images are copied."
    )
    pull_through_cache: Upstreams = Field(
        default=(),
        description="Public registries whose images are cached in this account's, below repositories of that name.",
    )
    docker_hub_secret_arn: SecretArn = Field(
        default=None, description="The secret with which docker-hub is asked; needed for it, and for nothing else."
    )
    image_lifecycle: Annotated[Lifecycle, Allowed("recent or kind")] = Field(
        default="recent",
        description="What the repositories keep, besides what a color runs. recent: the release_images_kept newest"
        " releases. kind: releases for two years, and what has a tag `sec-...` for ever. Both: `rc-...` for 30 days,"
        " `feature-...` for 7, untagged images for one.",
    )
    pull_accounts: Accounts = Field(
        default=(), description="Other accounts whose roles may pull the services' images, where they allow it too."
    )

    @property
    def governs_registry(self) -> bool:
        """Whether anything is said of the whole registry."""
        asked = (self.signing_profile, self.replication_regions, self.pull_through_cache)
        return self.registry_scanning != "off" or any(asked)

    @model_validator(mode="after")
    def _docker_hub_asks_who_is_there(self) -> GovernanceOptions:
        if ("docker-hub" in self.pull_through_cache) != (self.docker_hub_secret_arn is not None):
            raise SettingsError(
                f"docker_hub_secret_arn: got {self.docker_hub_secret_arn or 'nothing'} with pull_through_cache"
                f" {', '.join(self.pull_through_cache) or 'empty'}; allowed: a secret with docker-hub, and none"
                " without it"
            )
        return self
