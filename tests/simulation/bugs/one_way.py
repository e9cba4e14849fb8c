"""Bugs that lead users back through a one-way door, or leave it unknown."""

from __future__ import annotations

from tests.simulation.bugs.bug import Bug

BACK = "lambda/traffic_switch/taking_back.py"
HELD = "lambda/traffic_switch/held_door.py"
PREFLIGHT = "lambda/traffic_switch/preflight.py"
EMERGENCY = "lambda/traffic_switch/emergency.py"

BUGS = (
    Bug(
        "a-door-is-no-door",
        "a release through a one-way door is taken back by itself",
        "one-way door",
        BACK,
        "    if passes(owed.switch, owed.before):\n",
        "    if passes(owed.switch, None):\n",
        "one-way-errors:0:",
        "Rollback moved users from the one-way door v2 back to v1",
    ),
    Bug(
        "a-good-door-is-no-door",
        "CloudFormation's rollback of a good release leads back through a one-way door",
        "one-way door",
        BACK,
        "    if passes(owed.switch, owed.before):\n",
        "    if passes(owed.switch, owed.before) and not owed.answer:\n",
        "one-way-late-failure:0:",
        "Rollback moved users from the one-way door v2 back to v1",
    ),
    Bug(
        "a-door-is-forgotten-when-it-dies",
        "what a dead execution leaves behind a one-way door is taken back",
        "one-way door",
        BACK,
        "    if passes(owed.switch, owed.before):\n",
        "    if passes(owed.switch, owed.before) and clean:\n",
        "one-way-dies:0:",
        "Settle moved users from the one-way door v2 back to v1",
    ),
    Bug(
        "emergency-through-a-door",
        "without the journal traffic is written back through a one-way door",
        "one-way door, emergency",
        EMERGENCY,
        'return has_moved and not passes(Switch.from_input(event["switch"]), _before(event))',
        "return has_moved",
        "one-way-no-journal:0:",
        "Rollback moved users from the one-way door v2 back to v1",
    ),
    Bug(
        "a-release-leads-back",
        "a release of an earlier version leads back through a one-way door, and nobody said that it may",
        "one-way door, preflight",
        PREFLIGHT,
        "and scene.undo_one_way != live.door:",
        "and not live.door:",
        "one-way-back:0:",
        "Shift moved users from the one-way door v2 back to v1",
    ),
    Bug(
        "what-is-held-is-not-live",
        "rule and journal differ after a one-way door was held, so that a repair would lead back",
        "one-way door, live",
        HELD,
        "stays = None if owed.outcome is Outcome.DONE else _live(owed, world.now())",
        "stays = None",
        "one-way-errors:0:",
        "wanted the door v2 behind what is live",
    ),
    Bug(
        "a-held-door-takes-the-rule-along",
        "the resource that a failed release created owns the rule, and its removal deletes it",
        "one-way door, live",
        HELD,
        "resource = (earlier and earlier.resource) or owed.resource",
        "resource = owed.resource",
        "one-way-renamed:0:",
        "Remove deleted the rule that users were on",
    ),
    Bug(
        "a-door-that-nobody-passed-is-held",
        "a release whose traffic never moved holds everybody, and wakes people",
        "one-way door, unmoved",
        HELD,
        "    if owed.before and look.reads(owed.before.weights) and owed.outcome is not Outcome.DONE:\n",
        "    if owed.before is None:\n",
        "tests/simulation/pieces/test_one_way.py::test_a_rule_that_never_moved_holds_nobody",
        "assert",
    ),
    Bug(
        "an-input-leaves-the-door-out",
        "an execution whose input does not say what was declared is believed",
        "one-way door, authentic",
        "lambda/traffic_switch/authentic.py",
        "for name in {**said, **recorded} if",
        "for name in said if",
        "tests/simulation/pieces/test_one_way.py"
        "::test_an_input_that_does_not_say_of_the_door_what_was_asked_for_is_refused",
        "assert",
    ),
)
