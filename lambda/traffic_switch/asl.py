"""The state machine's definition, from the file that says each default once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DEFINITION = Path(__file__).with_name("switch.asl.json")
STATE = "<State>"
"""Stands in the defaults for the name of the state that they are written into."""


def expand(text: str, deadline_seconds: int) -> str:
    """Return the definition that Step Functions takes, with the machine's own timeout in seconds.

    A state inherits the defaults of its type: objects are merged key by key, a list of one catcher takes what it lacks
    from the default catcher, and anything else that the state says stands. A Choice that has no `Default` gets the
    default choices after its own.

    Raises:
        ValueError: a Task names no successor, or a default is for a type that no state has.
    """
    compact = json.loads(text)
    defaults = compact.pop("Defaults")
    states = {name: _state(name, state, defaults) for name, state in compact.pop("States").items()}
    if unused := set(defaults) - {state["Type"] for state in states.values()}:
        raise ValueError(f"defaults for {', '.join(sorted(unused))}, but no state is of that type")
    return json.dumps({**compact, "TimeoutSeconds": deadline_seconds, "States": states}, indent=2)


def _state(name: str, state: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    inherited = _named(defaults.get(state["Type"], {}), name)
    if state["Type"] == "Choice":
        return _choice(state, inherited)
    if state["Type"] == "Task" and "Next" not in state:
        raise ValueError(f"the Task {name} names no successor: give it Next")
    merged = _merged(inherited, state)
    if "Catch" in state:
        merged["Catch"] = [_merged(inherited["Catch"][0], catcher) for catcher in state["Catch"]]
    return merged


def _choice(state: Mapping[str, Any], inherited: Mapping[str, Any]) -> dict[str, Any]:
    if "Default" in state:
        return dict(state)
    return {**state, "Choices": [*state["Choices"], *inherited["Choices"]]}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(below[key], dict) and isinstance(above[key], dict):
            both[key] = _merged(below[key], above[key])
    return both


def _named(default: Any, state: str) -> Any:
    """The default with the state's name in it. JSON text is replaced, since names need no escaping."""
    return json.loads(json.dumps(default).replace(STATE, state))
