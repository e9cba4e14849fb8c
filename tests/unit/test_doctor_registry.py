"""What the doctor says of settings that an account has once, and that somebody else may have written."""

from __future__ import annotations

from greenlight.doctor.finding import Status
from greenlight.doctor.registry import RegistrySetting, judge_registry
from tests.unit.doctor_findings import OK, PROBLEM, expect

OURS = "ENHANCED CONTINUOUS_SCAN for greenlight/*"
THEIRS = "BASIC SCAN_ON_PUSH for team/*"


def scanning(wanted: str, there: str, is_deployed: bool = False) -> RegistrySetting:
    return RegistrySetting("scanning", "registry_scanning", wanted, there, is_deployed)


def test_what_nobody_asks_for_is_nobodys_matter() -> None:
    expect(judge_registry([]), OK, "no setting is about the whole registry")
    expect(judge_registry([scanning("", THEIRS)]), OK)


def test_a_registry_that_nobody_told_anything_is_free() -> None:
    expect(judge_registry([scanning(OURS, "")]), OK, "nobody else tells the registry its scanning")


def test_what_was_written_and_stays_is_well() -> None:
    expect(judge_registry([scanning(OURS, OURS, is_deployed=True)]), OK)


def test_what_somebody_else_says_would_be_replaced_which_is_a_problem_before_the_first_deploy() -> None:
    said = (THEIRS, f"would replace that by {OURS}", "take registry_scanning out")
    expect(judge_registry([scanning(OURS, THEIRS)]), PROBLEM, *said)


def test_what_somebody_wrote_over_it_is_a_problem_after_the_deploy() -> None:
    said = ("is not what GreenlightGovernance wrote", THEIRS, "deploy GreenlightGovernance again")
    expect(judge_registry([scanning(OURS, THEIRS, is_deployed=True)]), PROBLEM, *said)


def test_what_somebody_took_away_is_a_problem_after_the_deploy() -> None:
    said = (f"it is nothing, instead of {OURS}", "deploy GreenlightGovernance again")
    expect(judge_registry([scanning(OURS, "", is_deployed=True)]), PROBLEM, *said)


def test_each_conflict_is_told() -> None:
    both = [scanning(OURS, THEIRS), RegistrySetting("signing", "signing_profile", "a", "b", is_deployed=False)]

    found = judge_registry(both)
    assert [each.status for each in found] == [Status.PROBLEM] * 2
    assert "signing" in found[1].said
