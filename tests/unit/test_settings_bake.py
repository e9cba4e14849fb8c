"""Settings of the bake: what cannot go together is refused with the arithmetic, and what is allowed can be carried."""

from __future__ import annotations

import json
from typing import Any

import pytest
from annotated_types import Ge, Le
from traffic_switch.judging.looks import Batch
from traffic_switch.judging.schedule import BATCH_BYTES, CHASE_BATCHES, MOST_BATCHES

from stacks.options.bake import BakeOptions
from stacks.options.release import ReleaseOptions
from stacks.options.values import SettingsError

CARRIED_BYTES = 256 * 1024
"""What Step Functions takes as a state's input, output or variable."""

LONGEST = {
    "gate_deadline_seconds": 30,
    "confirm_deadline_seconds": 10,
    "bake_seconds": 2000,
    "bake_deadline_seconds": 3000,
    "write_settle_seconds": 2,
    "switch_deadline_seconds": 3300,
    "service_timeout_seconds": 3600,
}


def refusal(**settings: object) -> str:
    with pytest.raises(SettingsError) as refused:
        ReleaseOptions(**settings)  # type: ignore[arg-type]
    return str(refused.value)


def bound(name: str, kind: type[Any]) -> Any:
    return next(each for each in BakeOptions.model_fields[name].metadata if isinstance(each, kind))


def most(name: str) -> float:
    return float(bound(name, Le).le)


def least(name: str) -> float:
    return float(bound(name, Ge).ge)


def test_more_looks_than_an_execution_s_history_holds_are_refused() -> None:
    assert refusal(**LONGEST, bake_interval_seconds=1) == (
        "bake_interval_seconds: got 1; allowed: one that leaves at most 25,000 events in an execution's history"
        " (9 for each of 3,003 looks before bake_deadline_seconds 3000 and 4 of the gate + 1,000 = 28,063)"
    )


def test_looks_that_the_history_holds_are_allowed() -> None:
    assert ReleaseOptions(**LONGEST, bake_interval_seconds=2).bake_runs == 1503  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (
            {"bake_probe_rate": 20, "bake_batch_seconds": 0.33},
            "bake_batch_seconds: got 0.33; allowed: one that holds a whole number of requests at bake_probe_rate"
            " (20 a second make 6.6)",
        ),
        (
            {"bake_seconds": 50},
            "bake_fast_seconds: got 60; allowed: up to bake_seconds (50)",
        ),
        (
            {"max_error_percent": 5},
            "bake_must_detect_percent: got 5; allowed: more than max_error_percent (5)",
        ),
        (
            {"bake_fast_seconds": 0, "bake_probes": 5},
            "bake_must_detect_percent: got 5, which takes 429 requests of the bake's own; allowed: what 200 can show"
            " (bake_probe_rate 20 x bake_fast_seconds 0 + bake_probes 5 x 40 looks)",
        ),
    ],
)
def test_a_bake_that_could_never_pass_or_be_counted_is_refused(settings: dict[str, object], line: str) -> None:
    assert refusal(**settings) == line


def test_a_bake_that_must_find_nothing_may_send_nothing() -> None:
    assert ReleaseOptions(bake_fast_seconds=0, bake_probes=0, bake_must_detect_percent=100).bake_probes == 0


def test_all_batches_that_the_settings_allow_can_be_carried() -> None:
    looks = most("bake_deadline_seconds") / least("bake_interval_seconds")
    fast = most("bake_fast_seconds") / least("bake_batch_seconds")
    requests = int(most("bake_probe_rate") * most("bake_batch_seconds"))
    largest = json.dumps(Batch(3299.75, requests, requests, requests).as_json()) + ", "

    assert len(largest) <= BATCH_BYTES
    assert fast < MOST_BATCHES
    assert (MOST_BATCHES + CHASE_BATCHES + looks) * BATCH_BYTES < 0.9 * CARRIED_BYTES
