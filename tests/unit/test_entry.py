"""How Lambda enters a handler."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_switch.handlers import entry
from traffic_switch.handlers.entry import Entry


def test_lambda_enters_a_step_with_its_event_and_the_one_world(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def step(event: Any, world: Any) -> dict[str, Any]:
        seen.append((event, world))
        return {"done": True}

    monkeypatch.setattr(entry, "aws_world", lambda: "the world")

    assert Entry(step)({"a": 1}, object()) == {"done": True}
    assert seen == [({"a": 1}, "the world")]


def test_a_function_has_one_world_for_its_life() -> None:
    from traffic_switch.aws_world import aws_world

    assert aws_world() is aws_world()
