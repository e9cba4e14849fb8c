"""What is remembered of a resource's requests may be damaged: a request is recorded all the same."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_switch.journal import Newest
from traffic_switch.ports.journal_items import newest_from_item, wire

DAMAGED = [7, "", {}, ["a"], True]


@pytest.mark.parametrize("said", DAMAGED)
def test_what_is_no_id_is_kept_as_it_was_read(said: Any) -> None:
    newest = newest_from_item({"switch_id": wire(said)}, lambda _: None)

    assert newest == Newest(read=said)


@pytest.mark.parametrize("pair", [7, "text", {"text": "a"}, {"text": "a", "at": "soon"}, {"at": 5}])
def test_a_request_that_cannot_be_read_among_those_taken_back_is_forgotten(pair: Any) -> None:
    whole = {"text": "a", "at": 5}
    newest = newest_from_item({"reversed": wire([pair, whole])}, lambda _: None)

    assert newest.reversed == (("a", 5.0),)
