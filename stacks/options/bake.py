"""Settings of how a color is watched under full traffic, and of what makes traffic go back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from stacks.options.values import Allowed, Integer, MetricPeriod, Number, Options, SettingsError


class BakeOptions(Options):
    """How long, how often and by which thresholds a bake judges."""

    bake_seconds: Annotated[Integer, Allowed("0 to 3000: CloudFormation waits an hour for the whole switch")] = Field(
        default=300,
        ge=0,
        le=3000,
        description="Seconds that the new color is watched under full traffic before the switch is done.",
    )
    bake_deadline_seconds: Integer = Field(
        default=600,
        ge=0,
        le=3300,
        description="Seconds after which a bake that still knows too little (no metrics, an unreadable alarm) fails"
        " the switch.",
    )
    bake_interval_seconds: Integer = Field(
        default=15, ge=1, le=300, description="Seconds between two looks during the bake."
    )
    bake_min_samples: Integer = Field(
        default=100,
        ge=1,
        le=1_000_000,
        description="Requests below which an error rate is not judged: the bake waits for more, never passes on fewer.",
    )
    bake_probes: Integer = Field(
        default=20,
        ge=0,
        le=200,
        description="Requests that each look sends itself, because CloudWatch lags and is silent without traffic.",
    )
    max_error_percent: Number = Field(
        default=1.0,
        ge=0,
        le=100,
        description="Percent of requests answered 5xx or not at all, above which the bake rolls back.",
    )
    max_p95_ms: Integer = Field(
        default=500,
        ge=1,
        le=60_000,
        description="Milliseconds of the 95th percentile of response times, above which the bake rolls back.",
    )
    max_unhealthy_percent: Number = Field(
        default=10,
        ge=0,
        le=100,
        description="Percent of the color's targets failing health checks, above which the bake rolls back.",
    )
    metric_period_seconds: MetricPeriod = Field(
        default=60,
        description="Seconds that one data point covers; the load balancer's metrics come once a minute on AWS.",
    )
    alarm_period_seconds: MetricPeriod = Field(
        default=60, description="Seconds of one period of the alarms that guard a color; two of three must breach."
    )
    metric_lag_seconds: Integer = Field(
        default=120,
        ge=0,
        le=900,
        description="Seconds until CloudWatch's data points are complete; newer ones are not judged.",
    )

    @model_validator(mode="after")
    def _bake_holds_a_look(self) -> BakeOptions:
        if 0 < self.bake_seconds < self.bake_interval_seconds:
            raise SettingsError(
                f"bake_interval_seconds: got {self.bake_interval_seconds}; allowed: up to bake_seconds"
                f" ({self.bake_seconds})"
            )
        return self

    @model_validator(mode="after")
    def _bake_deadline_holds_the_bake(self) -> BakeOptions:
        if self.bake_deadline_seconds < self.bake_seconds:
            raise SettingsError(
                f"bake_deadline_seconds: got {self.bake_deadline_seconds}; allowed: bake_seconds ({self.bake_seconds})"
                " or more"
            )
        return self

    @model_validator(mode="after")
    def _bake_sees_metrics(self) -> BakeOptions:
        """Refuse a bake that ends before CloudWatch has a data point of it: it would never pass."""
        needed = self.metric_lag_seconds + 2 * self.metric_period_seconds
        if self.bake_deadline_seconds < needed:
            raise SettingsError(
                f"bake_deadline_seconds: got {self.bake_deadline_seconds}; allowed: {needed} or more"
                f" (metric_lag_seconds {self.metric_lag_seconds} + twice metric_period_seconds"
                f" {self.metric_period_seconds})"
            )
        return self
