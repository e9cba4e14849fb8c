"""Settings of what the colors run on, and of how their health is looked at."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from stacks.options.values import FIXED, FIXED_ON_FARGATE, Allowed, Integer, Null, Options, SettingsError

Compute = Annotated[Literal["ec2", "fargate"], Allowed("ec2 or fargate")]
InstanceType = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$"), Allowed("an EC2 instance type, e.g. t3.medium")
]
AmiId = Annotated[
    Annotated[str, Field(pattern=r"^ami-[0-9a-f]{8,17}$")] | None,
    Null,
    Allowed("an image id such as ami-0123456789abcdef0; left out, Amazon Linux 2023"),
]


class ComputeOptions(Options):
    """What the compute stacks and the target groups are built from."""

    compute: Annotated[Compute, FIXED] = Field(
        default="ec2",
        description="ec2: both colors as containers on one host. fargate: one ECS service per color.",
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

    @model_validator(mode="after")
    def _check_ends_before_the_next(self) -> ComputeOptions:
        if self.health_timeout_seconds >= self.health_interval_seconds:
            raise SettingsError(
                f"health_timeout_seconds: got {self.health_timeout_seconds}; allowed: less than health_interval_seconds"
                f" ({self.health_interval_seconds})"
            )
        return self
