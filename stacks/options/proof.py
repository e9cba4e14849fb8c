"""Settings of how a color is proved before traffic moves to it, and right after."""

from __future__ import annotations

from pydantic import Field, model_validator

from stacks.options.values import Integer, Options, SettingsError

TURNS_OF_A_WRITE = 4
"""How often `write_settle_seconds` fits into the longest write of the rule: one to wait, three to look at it."""


class ProofOptions(Options):
    """What gate, smoke test and confirmation ask for."""

    gate_interval_seconds: Integer = Field(
        default=10, ge=1, le=300, description="Seconds between two looks at the health of the color that is to go live."
    )
    gate_consecutive: Integer = Field(
        default=3,
        ge=1,
        le=20,
        description="Looks in a row that must find every target healthy; more than one, because a new target counts"
        " as healthy after a single passed check.",
    )
    gate_min_healthy: Integer = Field(
        default=1, ge=1, le=1000, description="Healthy targets that a color needs to go live."
    )
    gate_deadline_seconds: Integer = Field(
        default=300,
        ge=1,
        le=3000,
        description="Seconds after which a color that is not proved healthy fails the switch, traffic unmoved.",
    )
    smoke_requests: Integer = Field(
        default=5,
        ge=1,
        le=100,
        description="Requests through the preview rule that must all come from the right color and version.",
    )
    confirm_answers: Integer = Field(
        default=10,
        ge=1,
        le=1000,
        description="Answers of the front door in a row that must come from the new color after a shift.",
    )
    confirm_deadline_seconds: Integer = Field(
        default=60,
        ge=1,
        le=600,
        description="Seconds after which answers that still disagree fail the switch. AWS names no bound for a"
        " rule's spread.",
    )
    write_settle_seconds: Integer = Field(
        default=20,
        ge=2,
        le=60,
        description="Seconds after which no write of the production rule that was begun earlier can still take effect."
        " Whoever takes over from another switch waits so long before it writes; timeouts of writes are parts of it.",
    )

    @property
    def write_seconds(self) -> int:
        """The longest that one write of the rule may take, from waiting for older ones to reading it back."""
        return TURNS_OF_A_WRITE * self.write_settle_seconds

    @model_validator(mode="after")
    def _gate_can_open(self) -> ProofOptions:
        needed = self.gate_interval_seconds * (self.gate_consecutive - 1)
        if self.gate_deadline_seconds <= needed:
            raise SettingsError(
                f"gate_deadline_seconds: got {self.gate_deadline_seconds}; allowed: more than {needed}"
                f" (gate_consecutive {self.gate_consecutive} looks, gate_interval_seconds"
                f" {self.gate_interval_seconds} apart)"
            )
        return self
