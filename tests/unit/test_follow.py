from __future__ import annotations

from dataclasses import replace
from typing import cast

from traffic_switch.errors import JournalAwayError
from traffic_switch.journal import Answer
from traffic_switch.model import Mode, Outcome

from greenlight.follow import Follower, follow_to_end
from greenlight.journal_view import JournalView
from greenlight.switch_view import SwitchView
from tests.unit.operator_world import BLUE, GREEN, FakeJournal, switch

OLD = switch(1, BLUE, None)
RUNNING = replace(switch(2, GREEN, BLUE, None), phase="gate", said="1 of 3")
ENDED = replace(RUNNING, outcome=Outcome.ROLLED_BACK, reason="the bake failed")
RESTORE = replace(switch(3, GREEN, None, None), switch=replace(RUNNING.switch, id="s3", mode=Mode.RESTORE, undoes="s2"))


class Story:
    """A journal that changes with each look, and what was told of it."""

    def __init__(self, *known: SwitchView) -> None:
        self.journal = FakeJournal(list(known))
        self.told: list[tuple[str, str]] = []
        self.follower = Follower(self.view, "shop", self.tell)

    @property
    def view(self) -> JournalView:
        return cast(JournalView, self.journal)

    def tell(self, phase: str, said: str) -> None:
        self.told.append((phase, said))

    def look(self, *known: SwitchView) -> SwitchView | None:
        self.journal.known = list(known)
        self.follower.look()
        return self.follower.seen


def test_the_switch_before_is_not_followed() -> None:
    assert Story(OLD).look(OLD) is None


def test_what_a_phase_says_is_told_once() -> None:
    story = Story(OLD)
    for said in ("1 of 3", "1 of 3", "2 of 3"):
        story.look(replace(RUNNING, said=said), OLD)

    assert story.told == [("gate", "1 of 3"), ("gate", "2 of 3")]


def test_a_restore_leaves_the_release_in_sight_as_it_ended() -> None:
    story = Story(OLD)
    story.look(RUNNING, OLD)

    assert story.look(RESTORE, ENDED, OLD) == ENDED


def test_a_release_that_was_never_seen_running_is_found_behind_its_restore() -> None:
    assert Story(OLD).look(RESTORE, ENDED, OLD) == ENDED


def test_a_restore_of_the_switch_before_stands_for_itself() -> None:
    assert Story(RUNNING).look(RESTORE, RUNNING) == RESTORE


def test_what_an_application_says_reaches_the_terminal_as_one_plain_line() -> None:
    story = Story()
    story.look(replace(RUNNING, said="wrong version \x1b]0;x\n2"))

    assert story.told == [("gate", "wrong version �]0;x 2")]


def test_a_journal_that_is_away_is_no_news() -> None:
    class Away(FakeJournal):
        def newest(self, service: str) -> SwitchView | None:
            raise JournalAwayError("away")

    story = Story()
    story.look(RUNNING)
    story.follower._journal = cast(JournalView, Away())
    story.follower.look()

    assert story.follower.seen == RUNNING


def test_a_switch_is_followed_until_it_has_its_answer() -> None:
    story = Story(replace(RUNNING, phase="repair", said="rewriting"))

    def next_look(_: float) -> None:
        story.journal.known = [replace(ENDED, phase="repair", said="done", answer=Answer("FAILED", ""))]

    seen = follow_to_end(story.view, "s2", story.tell, 10, next_look, lambda: 0.0)

    assert story.told == [("repair", "rewriting"), ("repair", "done")]
    assert seen is not None
    assert seen.outcome is Outcome.ROLLED_BACK


def test_a_switch_that_never_ends_is_followed_until_the_time_is_over() -> None:
    story, clock = Story(RUNNING), iter(range(100))

    seen = follow_to_end(story.view, "s2", story.tell, 10, lambda _: None, lambda: float(next(clock)))

    assert seen == RUNNING
    assert next(clock) == 11


def test_a_switch_that_nobody_recorded_is_not_made_up() -> None:
    clock = iter((0.0, 11.0))

    assert follow_to_end(Story().view, "s9", lambda *_: None, 10, lambda _: None, lambda: next(clock)) is None
