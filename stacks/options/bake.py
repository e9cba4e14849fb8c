"""Settings of how a color is watched under full traffic, and of what makes traffic go back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from traffic_switch.judging.detectable import detectable, own_requests_needed
from traffic_switch.judging.schedule import INVOCATION_SECONDS

from stacks.options.values import Allowed, Integer, MetricPeriod, Number, Options, SettingsError

NO_DEMAND = 100
"""The `bake_must_detect_percent` that asks for nothing."""


class BakeOptions(Options):
    """How long, how often and by which thresholds a bake judges."""

    bake_seconds: Annotated[Integer, Allowed("0 to 3000: CloudFormation waits an hour for the whole switch")] = Field(
        default=420,
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
    bake_fast_seconds: Integer = Field(
        default=60,
        ge=0,
        le=600,
        description="Seconds, from the first one on, in which the bake sends requests itself without a pause, so that"
        " a bad version is found before CloudWatch knows of it.",
    )
    bake_probe_rate: Number = Field(
        default=20,
        ge=1,
        le=200,
        description="Requests a second that the bake sends itself in bake_fast_seconds; 17 find a version that fails"
        " 5 % within half a minute.",
    )
    bake_batch_seconds: Number = Field(
        default=1, ge=0.25, le=4, description="Seconds of such requests that are judged together."
    )
    bake_probes: Integer = Field(
        default=20,
        ge=0,
        le=200,
        description="Requests that each later look sends itself. One failure among them is followed by ten batches at"
        " bake_probe_rate.",
    )
    bake_blip_seconds: Number = Field(
        default=2,
        ge=0,
        le=30,
        description="Seconds of a total outage that are forgiven: a verdict needs more batches or periods in a row than"
        " that fills.",
    )
    bake_must_detect_percent: Number = Field(
        default=5,
        gt=0,
        le=100,
        description="Percent of failing requests that the bake's own requests must have been enough to find (in 95 of"
        " 100 cases), or it does not pass; 100 asks for nothing.",
    )
    max_error_percent: Number = Field(
        default=1.0,
        ge=0,
        le=50,
        description="Percent of requests answered 5xx or not at all, above which the bake rolls back once it is sure.",
    )
    max_p95_ms: Integer = Field(
        default=500,
        ge=1,
        le=60_000,
        description="Milliseconds that more than 5 % of requests may not take, above which the bake rolls back once it"
        " is sure.",
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

    @model_validator(mode="after")
    def _batches_fit(self) -> BakeOptions:
        requests = self.bake_probe_rate * self.bake_batch_seconds
        if requests < 1 or requests != round(requests):
            raise SettingsError(
                f"bake_batch_seconds: got {self.bake_batch_seconds:g}; allowed: one that holds a whole number of"
                f" requests at bake_probe_rate ({self.bake_probe_rate:g} a second make {requests:g})"
            )
        if self.bake_fast_seconds > self.bake_seconds:
            raise SettingsError(
                f"bake_fast_seconds: got {self.bake_fast_seconds}; allowed: up to bake_seconds ({self.bake_seconds})"
            )
        return self

    @model_validator(mode="after")
    def _bake_can_find_something(self) -> BakeOptions:
        """Refuse a bake that asks for more than its own requests can show: it would never pass."""
        rate, limit = self.bake_must_detect_percent, self.max_error_percent
        if rate == NO_DEMAND:
            return self
        if rate <= limit:
            raise SettingsError(
                f"bake_must_detect_percent: got {rate:g}; allowed: more than max_error_percent ({limit:g})"
            )
        sent = int(self.bake_probe_rate * self.bake_fast_seconds) + self.bake_probes * self.bake_looks
        if detectable(sent, limit / 100) > rate / 100:
            needed = own_requests_needed(rate / 100, limit / 100)
            raise SettingsError(
                f"bake_must_detect_percent: got {rate:g}, which takes {needed:,} requests of the bake's own; allowed:"
                f" what {sent} can show (bake_probe_rate {self.bake_probe_rate:g} x bake_fast_seconds"
                f" {self.bake_fast_seconds} + bake_probes {self.bake_probes} x {self.bake_looks} looks)"
            )
        return self

    @property
    def bake_looks(self) -> int:
        """Looks that a bake may have before its deadline, besides those of its fast phase."""
        return self.bake_deadline_seconds // self.bake_interval_seconds

    @property
    def bake_runs(self) -> int:
        """How often the bake's function may run."""
        return self.bake_looks + -(-self.bake_fast_seconds // INVOCATION_SECONDS) + 1
