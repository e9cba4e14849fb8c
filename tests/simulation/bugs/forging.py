"""Bugs in who may ask for a switch."""

from __future__ import annotations

from tests.simulation.bugs.bug import Bug

AUTHENTIC = "lambda/traffic_switch/authentic.py"
ORIGIN = "lambda/traffic_switch/origin.py"
REQUESTS = "tests/simulation/pieces/test_request.py::"
PIECES = "tests/simulation/pieces/test_forged.py::"

BUGS = (
    Bug(
        "an-input-is-believed",
        "whoever may start executions deletes the rule that users are on",
        "security 2; the record authorizes",
        AUTHENTIC,
        "if differs := [name for name in {**said, **recorded} if said.get(name) != recorded.get(name)]:",
        "if differs := [name for name in () if said[name] != recorded[name]]:",
        "called-remove-forged:0:",
        "Remove deleted the rule that users were on",
    ),
    Bug(
        "a-second-execution-runs-beside-the-first",
        "an execution with the input of a release that runs works with its lock",
        "security 2; the execution's name",
        AUTHENTIC,
        "if name != switch.id:",
        "if not name:",
        "forged-copy:0:",
        "wanted a page about it",
    ),
    Bug(
        "another-stacks-requests-are-carried-out",
        "an event that CloudFormation did not send removes the rule",
        "security 2; StackId",
        ORIGIN,
        "if not asked.startswith(stack):",
        "if not stack:",
        "forged-delete-elsewhere:0:",
        "wanted",
    ),
    Bug(
        "a-stack-at-rest-may-delete",
        "a removal that nobody asked for is carried out",
        "security 2; the stack's status",
        "lambda/traffic_switch/handlers/request.py",
        "        _insist_on_deletion(ask, world)\n",
        "",
        "forged-delete:0:",
        "wanted",
    ),
    Bug(
        "what-runs-is-settled",
        "whoever says that a switch died ends it",
        "security 2; Settle",
        "lambda/traffic_switch/handlers/settle.py",
        "        _insist_on_its_end(world, switch, detail)\n",
        "",
        f"{PIECES}test_a_switch_that_runs_is_not_settled_whoever_says_that_it_died",
        "JSONDecodeError",
    ),
    Bug(
        "a-task-takes-any-mode",
        "a removal's function, invoked for a release that runs, deletes the rule",
        "security 2; modes",
        "lambda/traffic_switch/handlers/remove.py",
        "own_switch(event, world, Mode.REMOVE)",
        "own_switch(event, world, *Mode)",
        "called-remove:0:",
        "Remove deleted the rule that users were on",
    ),
    Bug(
        "traffic-moves-out-of-turn",
        "a function that is invoked by hand moves traffic to a color that nobody has proved",
        "security 2; the phases before",
        "lambda/traffic_switch/handlers/shift.py",
        "    insist_on(world, switch, PROVED)\n",
        "",
        "called-shift-early:0:",
        "before gate and smoke test had passed",
    ),
    Bug(
        "a-release-is-done-out-of-turn",
        "a function that is invoked by hand ends the watch over a release",
        "security 2; the phases before",
        "lambda/traffic_switch/handlers/done.py",
        "    insist_on(world, switch, BAKED, LIVE_ALREADY)\n",
        "",
        "called-done-early:0:",
        "wanted a page about it",
    ),
    Bug(
        "who-looks-may-answer",
        "the address of the answer stands where everybody looks",
        "security 7; requests in a table of their own",
        "lambda/traffic_switch/ports/dynamodb_journal.py",
        "put=request_to_map(record), is_secret=True)",
        "put=request_to_map(record))",
        f"{REQUESTS}test_a_release_is_recorded_and_started",
        "KeyError: 'request'",
    ),
    Bug(
        "an-answer-goes-anywhere",
        "the answer to CloudFormation is sent to whatever address an event names",
        "security 7; CloudFormation's own hosts",
        "lambda/traffic_switch/ports/answer.py",
        "if not is_cloudformations(request.response_url, surroundings.environment):",
        "if not request.response_url:",
        "tests/unit/test_answer.py::test_an_answer_for_another_place_is_not_sent",
        "DID NOT RAISE",
    ),
    Bug(
        "a-bucket-of-anybodys-is-believed",
        "the answer goes to a bucket whose name only begins like CloudFormation's",
        "security 7; CloudFormation's own hosts",
        "lambda/traffic_switch/ports/answer_host.py",
        """{BUCKET}{region.replace('-', '')}\\.s3""",
        """{BUCKET}\\w+\\.s3""",
        "tests/unit/test_answer_host.py::test_an_answer_goes_nowhere_else",
        "assert not True",
    ),
)
