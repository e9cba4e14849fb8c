"""The judgment of a mutation run: which mutants it knows, and what it lets pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.mutants.mutant import Change, Mutant, read_mutants
from tests.mutants.score import ListError, as_entries, complaints, read_survivors, share, table

CHANGE = Change("traffic_switch.gate.judge", "if n < 3:", "if n <= 3:")

MUTATED = """\
def x_judge__mutmut_orig(n):
    if n < 3:
        return judge(n + 1)

def x_judge__mutmut_1(n):
    if n <= 3:
        return judge(n + 1)

class Gate:
    def xǁGateǁlook__mutmut_orig(self):
        self.seen = True

    def xǁGateǁlook__mutmut_12(self):
        self.seen = None
"""

SPANS = {
    "x_judge__mutmut_orig": [1, 3],
    "x_judge__mutmut_1": [5, 7],
    "xǁGateǁlook__mutmut_orig": [10, 11],
    "xǁGateǁlook__mutmut_12": [13, 14],
}


def mutants(killed: int, status: str = "killed") -> list[Mutant]:
    """This many mutants of the switch with a status of their own."""
    changes = (Change("traffic_switch.gate.judge", "was", str(number)) for number in range(killed))
    return [Mutant(change, "traffic_switch.gate", status) for change in changes]


def survivor(change: Change = CHANGE) -> Mutant:
    return Mutant(change, "traffic_switch.gate", "survived")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What mutmut leaves behind of one module."""
    folder = tmp_path / "src" / "traffic_switch"
    folder.mkdir(parents=True)
    (folder / "gate.py").write_text(MUTATED)
    (folder / "gate.py.spans").write_text(json.dumps({"version": 1, "spans": SPANS}))
    codes = {"traffic_switch.gate.x_judge__mutmut_1": 0, "traffic_switch.gate.xǁGateǁlook__mutmut_12": -24}
    (folder / "gate.py.meta").write_text(json.dumps({"exit_code_by_key": codes}))
    return tmp_path


def test_a_mutant_is_known_by_its_function_and_the_line_that_changed(copy: Path) -> None:
    assert [mutant.change for mutant in read_mutants(copy)] == [
        CHANGE,
        Change("traffic_switch.gate.Gate.look", "self.seen = True", "self.seen = None"),
    ]


def test_a_mutant_that_makes_the_tests_run_for_ever_is_killed(copy: Path) -> None:
    assert [mutant.killed for mutant in read_mutants(copy)] == [False, True]


def test_a_run_passes_when_enough_are_killed_and_the_rest_is_listed() -> None:
    assert complaints([*mutants(9), survivor()], {CHANGE: "why"}) == []


def test_too_few_killed_fail_a_run_though_all_survivors_are_listed() -> None:
    assert complaints([*mutants(8), survivor()], {CHANGE: "why"}) == [
        "traffic_switch: 88.9 % of the mutants are killed; at least 90 % have to be"
    ]


def test_a_survivor_that_is_not_listed_fails_a_run() -> None:
    (line,) = complaints([*mutants(99), survivor()], {})

    assert line == "traffic_switch.gate.judge: 'if n < 3:' -> 'if n <= 3:' survives and is not listed"


def test_a_mutant_that_no_test_runs_is_a_survivor() -> None:
    assert len(complaints([*mutants(99), *mutants(1, "no tests")], {})) == 1


def test_an_entry_whose_mutant_is_killed_by_now_fails_a_run() -> None:
    (line,) = complaints(mutants(9), {CHANGE: "why"})

    assert line.endswith("is listed, but survives no longer")


def test_an_entry_whose_mutant_hangs_on_a_busy_machine_fails_no_run() -> None:
    hung = Mutant(CHANGE, "traffic_switch.gate", "timeout")

    assert complaints([*mutants(9), hung], {CHANGE: "why"}) == []


def test_survivors_of_other_packages_are_counted_only() -> None:
    other = Mutant(Change("host_color.handler.handle", "", ""), "host_color.handler", "survived")

    assert complaints([*mutants(1), other], {}) == []
    assert table([other]).splitlines()[-1].split() == ["host_color", "1", "0", "0", "1", "0", "0.0"]


def test_the_share_of_no_mutants_is_nothing() -> None:
    assert share([]) == 0.0


@pytest.mark.parametrize("line", ["a == 'b'", 'a == "b"', "f'\\n{a}' + \"'\"", "one\ntwo"])
def test_a_proposed_entry_is_read_back_once_it_has_a_reason(line: str) -> None:
    changes = [Change("m.f", line, "x"), Change("m.f", line, line)]

    entries = as_entries(changes).replace('reason = ""', 'reason = "why"')

    assert read_survivors(entries) == dict.fromkeys(changes, "why")


def test_an_entry_without_a_reason_is_refused() -> None:
    with pytest.raises(ListError, match=r"survivor 1: .* it needs function, was, becomes and a reason"):
        read_survivors(as_entries([CHANGE]))


def test_a_mutant_that_is_listed_twice_is_refused() -> None:
    entry = as_entries([CHANGE]).replace('reason = ""', 'reason = "why"')

    with pytest.raises(ListError, match=r"survivor 2: .* is listed twice"):
        read_survivors(entry + entry)
