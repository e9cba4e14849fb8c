from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from traffic_switch.ending import Ending, Facts, end
from traffic_switch.model import Mode, Outcome

FLAGS = ("begun", "finished", "is_open", "may_go_back", "foreign", "paid", "readable", "one_way")


def every_fact() -> Iterator[Facts]:
    for mode in Mode:
        for flags in itertools.product((True, False), repeat=len(FLAGS)):
            yield Facts(mode, **dict(zip(FLAGS, flags, strict=True)))


@pytest.mark.parametrize(
    ("facts", "ending"),
    [
        (Facts(Mode.RELEASE, finished=True), Ending(False, Outcome.DONE, True, False)),
        (Facts(Mode.REMOVE, finished=True), Ending(False, Outcome.REMOVED, True, False)),
        (Facts(Mode.REPAIR, finished=True), Ending(False, Outcome.REPAIRED, True, False)),
        (Facts(Mode.RELEASE, begun=False), Ending(False, Outcome.UNCHANGED, False, False)),
        (Facts(Mode.REPAIR, begun=False), Ending(False, Outcome.UNCHANGED, False, False)),
        (Facts(Mode.RESTORE, begun=False), Ending(False, Outcome.HELD, True, True)),
        (Facts(Mode.REMOVE, begun=False), Ending(False, Outcome.HELD, False, True)),
        (Facts(Mode.RELEASE), Ending(False, Outcome.UNCHANGED, False, False)),
        (Facts(Mode.RESTORE), Ending(False, Outcome.UNCHANGED, True, False)),
        (Facts(Mode.REPAIR), Ending(False, Outcome.UNCHANGED, False, False)),
        (Facts(Mode.REMOVE), Ending(False, Outcome.HELD, False, True)),
        (Facts(Mode.RELEASE, is_open=True), Ending(True, Outcome.ROLLED_BACK, False, False)),
        (Facts(Mode.RESTORE, is_open=True), Ending(True, Outcome.ROLLED_BACK, True, False)),
        (Facts(Mode.REPAIR, is_open=True), Ending(False, Outcome.HELD, False, True)),
        (Facts(Mode.RELEASE, is_open=True, may_go_back=False), Ending(False, Outcome.HELD, False, True)),
        (Facts(Mode.RESTORE, is_open=True, may_go_back=False), Ending(False, Outcome.HELD, True, True)),
        (Facts(Mode.RELEASE, is_open=True, foreign=True), Ending(False, Outcome.HELD, False, True)),
        (Facts(Mode.RELEASE, is_open=True, one_way=True), Ending(False, Outcome.HELD, False, True)),
        (Facts(Mode.RESTORE, is_open=True, one_way=True), Ending(False, Outcome.HELD, True, True)),
        (Facts(Mode.RELEASE, one_way=True), Ending(False, Outcome.UNCHANGED, False, False)),
        (Facts(Mode.RELEASE, paid=False), Ending(False, Outcome.HELD, False, True)),
        (Facts(Mode.REMOVE, is_anothers=True), Ending(False, Outcome.UNCHANGED, True, False)),
        (Facts(Mode.RELEASE, readable=False), Ending(False, Outcome.HELD, False, True)),
    ],
)
def test_each_row_of_the_table_of_endings(facts: Facts, ending: Ending) -> None:
    assert end(facts) == ending


def test_every_held_pages_and_nothing_else_does() -> None:
    assert all(end(facts).page == (end(facts).outcome is Outcome.HELD) for facts in every_fact())


def test_a_restore_always_answers_success() -> None:
    assert all(end(facts).good for facts in every_fact() if facts.mode is Mode.RESTORE)


def test_only_what_finished_answers_success_otherwise() -> None:
    others = [facts for facts in every_fact() if facts.mode is not Mode.RESTORE]

    assert all(end(facts).good == facts.finished for facts in others)


def test_traffic_is_taken_back_only_from_where_the_switch_may_have_put_it() -> None:
    assert all(facts.is_open and facts.begun for facts in every_fact() if end(facts).takes_back)


def test_traffic_is_taken_back_exactly_when_the_outcome_says_so() -> None:
    unfinished = [facts for facts in every_fact() if not facts.finished]

    assert all(end(facts).takes_back == (end(facts).outcome is Outcome.ROLLED_BACK) for facts in unfinished)
