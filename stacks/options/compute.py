"""Settings of what the colors run on, and of how their health is looked at."""

from __future__ import annotations

from typing import Annotated, Literal

from greenlight_cdk.platforms import EXAMPLES, Platform, architecture, platform_of
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from stacks.options.values import FIXED, FIXED_ON_FARGATE, Allowed, Integer, Null, Options, SettingsError, listed, once

Compute = Annotated[Literal["ec2", "fargate"], Allowed("ec2 or fargate")]
ImagePlatform = Annotated[Platform, Allowed("linux/amd64 or linux/arm64")]
BuildPlatforms = Annotated[
    tuple[Platform, ...],
    AfterValidator(once),
    BeforeValidator(listed),
    Allowed(
        "linux/amd64 and linux/arm64, each once, as a JSON list or separated by commas; left out, image_platform alone"
    ),
]
InstanceType = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$"), Allowed("an EC2 instance type, e.g. t3.medium")
]
AmiId = Annotated[
    Annotated[str, Field(pattern=r"^ami-[0-9a-f]{8,17}$")] | None,
    Null,
    Allowed("an image id such as ami-0123456789abcdef0; left out, Amazon Linux 2023"),
]
RENEWED_AT = "host_renewed_at"
"""The setting that `greenlight renew-host` writes."""
NEVER = "never"
"""What the stack of a host says that was not renewed: an output cannot be empty."""
RenewedAt = Annotated[
    Annotated[str, Field(pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]Z$")] | None,
    Null,
    Allowed("a time in UTC such as 2026-11-22T10:55Z; left out, the host is the first one"),
]


class ComputeOptions(Options):
    """What the compute stacks and the target groups are built from."""

    compute: Annotated[Compute, FIXED] = Field(
        default="ec2",
        description="ec2: both colors as containers on one host. fargate: one ECS service per color.",
    )
    image_platform: ImagePlatform = Field(
        default="linux/amd64",
        description="Platform that images are built for, and that host or tasks therefore have. It can change once the"
        " versions of both colors have images for both: a host is replaced as by `greenlight renew-host`, together with"
        " `instance_type`; ECS replaces tasks once new ones are healthy.",
    )
    build_platforms: BuildPlatforms = Field(
        default=(),
        description="Platforms that GitHub's workflow builds for, image_platform among them; a version of several is an"
        " index of one image each. Host and tasks run image_platform alone. CodePipeline, whose builds have one"
        " processor, takes no other: see docs/github.md.",
    )
    instance_type: InstanceType = Field(
        default="t3.medium",
        description="Type of the EC2 host, which carries both colors of every service at once (compute=ec2). It runs in"
        " the first zone of the VPC, and not every zone offers every type: `greenlight doctor` says so beforehand.",
    )
    ami_id: AmiId = Field(
        default=None,
        description="Machine image of the EC2 host. Left out, EC2 looks up Amazon Linux 2023 when it launches the"
        " host, so that a"
        " newer image never replaces a running one (compute=ec2).",
    )
    host_renewed_at: RenewedAt = Field(
        default=None,
        description="When the EC2 host was last renewed; declared state, which `greenlight renew-host` writes. Another"
        " time is a new host, with the newest image (compute=ec2).",
    )
    host_max_age_days: Integer = Field(
        default=30,
        ge=1,
        le=365,
        description="Days after which the EC2 host is due to be renewed: it is patched in no other way. `status` and"
        " `doctor` say so, and people are paged once a day (compute=ec2).",
    )
    container_port: Annotated[Integer, FIXED_ON_FARGATE] = Field(
        default=3000,
        ge=1024,
        le=65535,
        description="TCP port every container listens on; from 1024, since it does not run as root.",
    )
    health_interval_seconds: Integer = Field(
        default=30,
        ge=5,
        le=300,
        description="Seconds between two health checks of a target (range: ELBv2 CreateTargetGroup).",
    )
    health_timeout_seconds: Integer = Field(
        default=5,
        ge=2,
        le=120,
        description="Seconds without an answer that fail a health check; less than the interval.",
    )
    healthy_count: Integer = Field(
        default=2,
        ge=2,
        le=10,
        description="Passed checks in a row that make an unhealthy target healthy (range: ELBv2).",
    )
    unhealthy_count: Integer = Field(
        default=3, ge=2, le=10, description="Failed checks in a row that make a target unhealthy (range: ELBv2)."
    )
    drain_seconds: Integer = Field(
        default=5,
        ge=0,
        le=20,
        description="Seconds that a container which is told to stop says so on its health path, and serves, before it"
        " closes; passed to it as DRAIN_SECONDS.",
    )
    deregistration_delay_seconds: Integer = Field(
        default=30,
        ge=0,
        le=3600,
        description="Seconds that a target which leaves its group has to finish requests (range: ELBv2). A deploy waits"
        " for them when it replaces an idle color's container; a switch deregisters nothing, so they never delay one.",
    )

    @property
    def builds_parts(self) -> bool:
        """Whether a version is made of images of several platforms, each built by itself."""
        return len(self.build_platforms) > 1

    @model_validator(mode="after")
    def _what_runs_is_built(self) -> ComputeOptions:
        if self.build_platforms and self.image_platform not in self.build_platforms:
            raise SettingsError(
                f"build_platforms: got {', '.join(self.build_platforms)} with image_platform {self.image_platform};"
                " allowed: platforms that image_platform is one of, or nothing for it alone"
            )
        return self

    @model_validator(mode="after")
    def _check_ends_before_the_next(self) -> ComputeOptions:
        if self.health_timeout_seconds >= self.health_interval_seconds:
            raise SettingsError(
                f"health_timeout_seconds: got {self.health_timeout_seconds}; allowed: less than health_interval_seconds"
                f" ({self.health_interval_seconds})"
            )
        return self

    @model_validator(mode="after")
    def _host_has_the_processor_of_the_images(self) -> ComputeOptions:
        there = platform_of(self.instance_type)
        if self.compute == "ec2" and there != self.image_platform:
            raise SettingsError(
                f"instance_type: got {self.instance_type}, whose processor is {architecture(there)}, with"
                f" image_platform {self.image_platform}; allowed: a type for that platform, such as"
                f" {EXAMPLES[self.image_platform]}, or image_platform {there}"
            )
        return self
