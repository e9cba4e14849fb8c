"""Settings of a release as a whole: deadlines, what it may do, whom it tells, and what is kept of it."""

from __future__ import annotations

from typing import Annotated, Literal

from greenlight_cdk.switch_duties import SHIFT_SECONDS
from pydantic import Field, model_validator

from stacks.options.bake import BakeOptions
from stacks.options.proof import TURNS_OF_A_WRITE, ProofOptions
from stacks.options.values import Allowed, Integer, Names, Null, SettingsError, SigningProfile, Tags

Email = Annotated[
    Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None,
    Null,
    Allowed("an e-mail address; left out, nobody is mailed"),
]

OVERHEAD_SECONDS = 120
"""What lock, preflight, smoke test and the answer to CloudFormation may take besides the phases that have settings."""
WRITES = 3
"""Writes of the rule that one run may have to make: for a switch that died before it, of its own, and its rollback."""
ANSWER_SECONDS = 60
"""What CloudFormation waits longer than the state machine, besides the time to take traffic back, so that a run that
timed out can still be ended and answered for."""
MOST_EVENTS = 25_000
"""Events in the history of one execution, after which Step Functions ends it (quotas of Step Functions)."""
LOOK_EVENTS = 9
"""Events of one look of gate or bake: two of the pause, five of the task, two of the choice."""
OTHER_EVENTS = 1_000
"""What the other states and all retries may leave."""
SHIFT_OVERHEAD_SECONDS = 60
"""What the shift does besides its write and its confirmation: journal, first look, a slow front door's last answer."""


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
    recorded_images: bool = Field(
        default=False,
        description="Whether a version whose tag is on another image by now, or on none, runs the image that it was"
        " when it was first deployed. Otherwise such a deploy is refused.",
    )
    scan_gate: Annotated[
        Literal["off", "low", "medium", "high", "critical"], Allowed("off, low, medium, high or critical")
    ] = Field(
        default="off",
        description="Refuse a new version before its color is touched, if the registry's scan of its image found"
        " something of this severity or a graver one, or has not finished. The repository must scan what is pushed.",
    )
    signature_gate: SigningProfile = Field(
        default=None,
        description="Refuse a new version before its color is touched, if ECR did not have its image signed with this"
        " signing profile of the account: `signing_profile`'s, or that of whoever else set up managed signing.",
    )
    drift_look_minutes: Integer = Field(
        default=5,
        ge=1,
        le=1440,
        description="Minutes between two looks at whether the production rule is still as the journal says; what"
        " differs while no switch runs is reported.",
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
    def _shift_fits_its_function(self) -> ReleaseOptions:
        most = SHIFT_SECONDS - SHIFT_OVERHEAD_SECONDS - self.write_seconds
        if self.confirm_deadline_seconds > most:
            raise SettingsError(
                f"confirm_deadline_seconds: got {self.confirm_deadline_seconds}; allowed: up to {most}"
                f" ({SHIFT_SECONDS} for the whole shift - {TURNS_OF_A_WRITE} times write_settle_seconds"
                f" {self.write_settle_seconds} - {SHIFT_OVERHEAD_SECONDS} for the rest)"
            )
        return self

    @model_validator(mode="after")
    def _phases_fit_the_machine(self) -> ReleaseOptions:
        """Leave room for two confirmations: of the shift, and of its rollback."""
        phases = (
            self.gate_deadline_seconds
            + 2 * self.confirm_deadline_seconds
            + self.bake_deadline_seconds
            + WRITES * self.write_seconds
            + OVERHEAD_SECONDS
        )
        if phases > self.switch_deadline_seconds:
            raise SettingsError(
                f"switch_deadline_seconds: got {self.switch_deadline_seconds}; allowed: {phases} or more"
                f" (gate_deadline_seconds {self.gate_deadline_seconds} + twice confirm_deadline_seconds"
                f" {self.confirm_deadline_seconds} + bake_deadline_seconds {self.bake_deadline_seconds}"
                f" + {WRITES * TURNS_OF_A_WRITE} times write_settle_seconds {self.write_settle_seconds}"
                f" + {OVERHEAD_SECONDS} for the rest)"
            )
        return self

    @model_validator(mode="after")
    def _looks_fit_the_history(self) -> ReleaseOptions:
        gate_looks = self.gate_deadline_seconds // self.gate_interval_seconds + 1
        events = LOOK_EVENTS * (gate_looks + self.bake_runs) + OTHER_EVENTS
        if events > MOST_EVENTS:
            raise SettingsError(
                f"bake_interval_seconds: got {self.bake_interval_seconds}; allowed: one that leaves at most"
                f" {MOST_EVENTS:,} events in an execution's history ({LOOK_EVENTS} for each of {self.bake_runs:,} looks"
                f" before bake_deadline_seconds {self.bake_deadline_seconds} and {gate_looks:,} of the gate +"
                f" {OTHER_EVENTS:,} = {events:,})"
            )
        return self

    @model_validator(mode="after")
    def _cloudformation_waits_longer(self) -> ReleaseOptions:
        """Leave room to settle a run that timed out: its traffic goes back before it is answered for."""
        least = self.switch_deadline_seconds + self.write_seconds + ANSWER_SECONDS
        if self.service_timeout_seconds < least:
            raise SettingsError(
                f"service_timeout_seconds: got {self.service_timeout_seconds}; allowed: {least} to 3600"
                f" (switch_deadline_seconds {self.switch_deadline_seconds} + {TURNS_OF_A_WRITE} times"
                f" write_settle_seconds {self.write_settle_seconds} + {ANSWER_SECONDS} for the answer)"
            )
        return self
