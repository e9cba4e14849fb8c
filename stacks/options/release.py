"""Settings of a release as a whole: deadlines, what it may do, whom it tells, and what is kept of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from stacks.options.bake import BakeOptions
from stacks.options.proof import ProofOptions
from stacks.options.values import Allowed, Integer, Names, Null, SettingsError, Tags

Email = Annotated[
    Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None,
    Null,
    Allowed("an e-mail address; left out, nobody is mailed"),
]

OVERHEAD_SECONDS = 120
"""What lock, preflight, smoke test and the answer to CloudFormation may take besides the phases that have settings."""
ANSWER_SECONDS = 60
"""What CloudFormation waits longer than the state machine, so that a run that timed out can still be answered for."""


class ReleaseOptions(ProofOptions, BakeOptions):
    """What SwitchStack's state machine, ReleaseStack and the image lifecycle are built from."""

    switch_deadline_seconds: Integer = Field(
        default=3000,
        ge=10,
        le=3540,
        description="Seconds after which Step Functions ends a switch; must hold every phase, rollback included.",
    )
    service_timeout_seconds: Integer = Field(
        default=3300,
        ge=60,
        le=3600,
        description="Seconds that CloudFormation waits for a switch; an hour is its own limit (ServiceTimeout).",
    )
    allow_live_change: bool = Field(
        default=False,
        description="Whether a deploy may change the version of the live color in place, without gate, bake or"
        " rollback.",
    )
    alarm_names: Names = Field(
        default=(), description="Further CloudWatch alarms that forbid a switch while in ALARM, and roll one back."
    )
    notify_email: Email = Field(
        default=None,
        description="Address that SNS mails when a switch rolls back or needs a human, or when an alarm goes off.",
    )
    release_images_kept: Integer = Field(
        default=5,
        ge=1,
        le=1000,
        description="Most recent release images kept in each repository; running ones are kept besides.",
    )
    tags: Tags = Field(default_factory=dict, description="Tags on every resource, e.g. for the bill.")

    @model_validator(mode="after")
    def _phases_fit_the_machine(self) -> ReleaseOptions:
        """Leave room for two confirmations: of the shift, and of its rollback."""
        phases = (
            self.gate_deadline_seconds
            + 2 * self.confirm_deadline_seconds
            + self.bake_deadline_seconds
            + OVERHEAD_SECONDS
        )
        if phases > self.switch_deadline_seconds:
            raise SettingsError(
                f"switch_deadline_seconds: got {self.switch_deadline_seconds}; allowed: {phases} or more"
                f" (gate_deadline_seconds {self.gate_deadline_seconds} + twice confirm_deadline_seconds"
                f" {self.confirm_deadline_seconds} + bake_deadline_seconds {self.bake_deadline_seconds}"
                f" + {OVERHEAD_SECONDS} for the rest)"
            )
        return self

    @model_validator(mode="after")
    def _cloudformation_waits_longer(self) -> ReleaseOptions:
        least = self.switch_deadline_seconds + ANSWER_SECONDS
        if self.service_timeout_seconds < least:
            raise SettingsError(
                f"service_timeout_seconds: got {self.service_timeout_seconds}; allowed: {least} to 3600"
                f" ({ANSWER_SECONDS} more than switch_deadline_seconds)"
            )
        return self
