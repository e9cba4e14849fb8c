"""What the doctor says of the account's trails."""

from __future__ import annotations

from typing import Any

import pytest

from greenlight.doctor.finding import Status
from greenlight.doctor.ports.trail import logs_writes
from greenlight.doctor.trail import Trail, judge_trail

LOGGING = Trail("account", is_logging=True, logs_writes=True)


def test_one_trail_thatlogs_writes_is_enough() -> None:
    (found,) = judge_trail([Trail("old", is_logging=False, logs_writes=True), LOGGING], is_strict=True)

    assert found.status is Status.OK


@pytest.mark.parametrize(
    "trails",
    [
        [],
        [Trail("account", is_logging=False, logs_writes=True)],
        [Trail("account", is_logging=True, logs_writes=False)],
        [Trail("a", is_logging=True, logs_writes=False), Trail("b", is_logging=False, logs_writes=True)],
    ],
    ids=["none", "stopped", "reads alone", "half and half"],
)
def test_without_one_strict_pages_nobody_which_is_a_problem(trails: list[Trail]) -> None:
    (found,) = judge_trail(trails, is_strict=True)

    assert found.status is Status.PROBLEM
    assert "start-logging" in found.repair


def test_standard_needs_no_trail() -> None:
    (found,) = judge_trail([], is_strict=False)

    assert found.status is Status.OK


def _advanced(**fields: str) -> dict[str, Any]:
    return {
        "AdvancedEventSelectors": [
            {"FieldSelectors": [{"Field": name, "Equals": [value]} for name, value in fields.items()]}
        ]
    }


@pytest.mark.parametrize(
    ("selectors", "takes"),
    [
        ({"EventSelectors": [{"IncludeManagementEvents": True, "ReadWriteType": "All"}]}, True),
        ({"EventSelectors": [{"IncludeManagementEvents": True, "ReadWriteType": "WriteOnly"}]}, True),
        ({"EventSelectors": [{"IncludeManagementEvents": True, "ReadWriteType": "ReadOnly"}]}, False),
        ({"EventSelectors": [{"IncludeManagementEvents": False, "ReadWriteType": "All"}]}, False),
        (_advanced(eventCategory="Management"), True),
        (_advanced(eventCategory="Management", readOnly="false"), True),
        (_advanced(eventCategory="Management", readOnly="true"), False),
        (_advanced(eventCategory="Data"), False),
        ({}, False),
    ],
)
def test_a_trail_counts_when_it_takes_writes_of_the_control_plane(selectors: dict[str, Any], takes: bool) -> None:
    assert logs_writes(selectors) is takes
