"""Bugs in what a request of CloudFormation is taken for."""

from __future__ import annotations

from tests.simulation.bugs.bug import Bug

CLASSIFYING = "lambda/traffic_switch/classifying.py"
JOURNAL = "lambda/traffic_switch/ports/dynamodb_journal.py"
REQUEST = "lambda/traffic_switch/handlers/request.py"

BUGS = (
    Bug(
        "undoes-whatever-came-last",
        "a rollback of a request that was never recorded undoes the good release before it",
        "findings 1; matching of properties",
        CLASSIFYING,
        "if newest.switch.mode is Mode.RELEASE and newest.properties.reverses(ask.properties):",
        "if newest.switch.mode is Mode.RELEASE:",
        "",
        "",
    ),
    Bug(
        "the-newest-request-is-whoever-writes-last",
        "a request that was overtaken is recorded as the newest",
        "newest#, condition",
        JOURNAL,
        'return Write(_newest_key(record.resource), put={"switch_id": record.switch.id}, only_if=only_if)',
        'return Write(_newest_key(record.resource), put={"switch_id": record.switch.id})',
        "",
        "",
    ),
    Bug(
        "what-is-replaced-may-still-begin",
        "a release starts after its own rollback",
        "register seals",
        JOURNAL,
        "if replaced and replaced.begun is None and replaced.answer is None:",
        "if replaced and replaced.begun and replaced.answer is None:",
        "",
        "",
    ),
    Bug(
        "keep-shifts",
        "a deploy that names no color is run as a release",
        "findings 12; invariant 7",
        CLASSIFYING,
        "if ask.color == KEEP and scene.live:",
        "if ask.color == KEEP and scene.live and scene.drift:",
        "",
        "",
    ),
    Bug(
        "a-late-event-is-released",
        "an update that comes after its own rollback is released",
        "late events",
        CLASSIFYING,
        "return reversed_by_restore and scene.status in FORWARD and young",
        "return False",
        "",
        "",
    ),
    Bug(
        "a-continued-rollback-does-nothing",
        "a rollback that is continued forgets what it was to undo",
        "continued rollback",
        CLASSIFYING,
        "again = newest.switch.mode is Mode.RESTORE and newest.switch.undoes and newest.answer is None",
        "again = False",
        "",
        "",
    ),
    Bug(
        "only-the-stack-tells-a-rollback",
        "a rollback that the stack does not show yet is run as a release",
        "findings 7",
        CLASSIFYING,
        "return newest.switch if rolls_back or not succeeded else None",
        "return newest.switch if rolls_back else None",
        "",
        "",
    ),
    Bug(
        "a-rollback-of-nothing-is-a-release",
        "a rollback of what was never recorded is run as a release",
        "findings 1",
        CLASSIFYING,
        "    if scene.status not in FORWARD:\n        reason",
        "    if not scene.status:\n        reason",
        "",
        "",
    ),
    Bug(
        "a-request-that-fails-is-forgotten",
        "a request whose execution could not be started is never answered",
        "findings 6",
        REQUEST,
        "        world.executions().start(record.switch)\n\n",
        "        try:\n            world.executions().start(record.switch)\n"
        "        except Exception as error:\n            log.error(str(error))\n\n",
        "",
        "",
    ),
    Bug(
        "a-good-release-may-be-undone",
        "going back by hand is taken for a rollback",
        "findings 1",
        CLASSIFYING,
        "succeeded = newest.answer is not None and newest.answer.good",
        "succeeded = False",
        "",
        "",
    ),
    Bug(
        "the-queue-of-failures-is-not-read",
        "a request that failed three times is dropped",
        "findings 6",
        REQUEST,
        'yield failed["requestPayload"], True',
        "log.error(failed)",
        "",
        "",
    ),
)
