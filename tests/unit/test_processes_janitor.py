from __future__ import annotations

from greenlight.processes.janitor import watched


def test_the_janitor_forgets_what_has_ended() -> None:
    assert watched(["watch 7\n", "watch 8\n", "forget 7\n"]) == {8}
