"""Whether a task is of a switch that Request has recorded, in every field of the execution's input.

Whoever may start an execution, or invoke one of the functions, could otherwise move traffic with an input of his own.
A second execution for a switch that runs is refused by its name: Request starts one, which has the switch's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traffic_switch.errors import ForgedError
from traffic_switch.journal import Record
from traffic_switch.model import Mode, Switch
from traffic_switch.verdict import Verdict
from traffic_switch.world import World


def own_switch(event: Mapping[str, Any], world: World, *modes: Mode) -> Switch:
    """The switch that a task's payload is about. `modes` are those that the task has any part in; none means all.

    An execution that began before an upgrade does not say its name; its definition is the one of before, too.

    Raises:
        ForgedError: Request did not record this switch, or recorded another one under its id.
    """
    given = event.get("switch")
    switch = read_switch(given)
    if unknown := set(given or ()) - set(switch.as_input()):
        raise ForgedError(f"the input of {switch.id} has {', '.join(sorted(unknown))}, which no switch has")
    name = event.get("execution", switch.id)
    if name != switch.id:
        raise ForgedError(f"the execution {name} says that it is the switch {switch.id}")
    _compare(switch, world.journal.record(switch.id))
    if modes and switch.mode not in modes:
        raise ForgedError(f"a {switch.mode} was given to a task that has no part in it: {switch.id}")
    return switch


def insist_on(world: World, switch: Switch, *ways: Mapping[str, Verdict]) -> None:
    """Let nobody out of his turn: the phases before must have judged as one of the ways says.

    A function that is invoked by hand with all that is true of a release would skip its proofs.

    Raises:
        ForgedError: they have not.
    """
    record = world.journal.record(switch.id)
    said = record.verdicts if record else {}
    if not any(all(said.get(phase) == verdict for phase, verdict in way.items()) for way in ways):
        wanted = " or ".join(" and ".join(f"{phase} {verdict}" for phase, verdict in way.items()) for way in ways)
        raise ForgedError(f"a task of {switch.id} was called before its turn: wanted {wanted}, got {dict(said)}")


def read_switch(given: Any) -> Switch:
    """The switch that an input says it is, whoever wrote it.

    Raises:
        ForgedError: it is no switch.
    """
    try:
        switch = Switch.from_input(given)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ForgedError(f"the input is no switch ({type(error).__name__})") from error
    if not all(isinstance(each, str) for each in given.values()):
        raise ForgedError("the input is no switch: what it holds is no text")
    return switch


def _compare(switch: Switch, record: Record | None) -> None:
    """A record of which nobody can read what was asked for is damaged, not forged: its ending says so."""
    if record is None:
        raise ForgedError(f"the journal has no record of the switch {switch.id}: nobody asked for it")
    if "switch" in record.damage:
        return
    recorded, said = record.switch.as_input(), switch.as_input()
    if differs := [name for name in {**said, **recorded} if said.get(name) != recorded.get(name)]:
        raise ForgedError(f"the input of the switch {switch.id} is not as it was asked for: {', '.join(differs)}")
