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
        "if newest.properties.reverses(ask.properties):",
        "if newest:",
        "there-and-back:0:Request/lambda.Invoke/2=never-ran,Request/lambda.Invoke/2=cancel",
        "the stack says green v2 of shop",
    ),
    Bug(
        "the-newest-request-is-whoever-writes-last",
        "a request that was overtaken is recorded as the newest",
        "newest#, condition",
        JOURNAL,
        "put=newest_to_map(record.switch.id, reversed_),\n        only_if=",
        "put=newest_to_map(record.switch.id, reversed_),\n        only_if={} and ",
        "release:0:Request/dynamodb.TransactWriteItems/1=slow,Request/dynamodb.TransactWriteItems/1=cancel",
        "the stack says blue v1 of shop",
    ),
    Bug(
        "what-is-replaced-may-still-begin",
        "a release starts after its own rollback",
        "register seals",
        JOURNAL,
        "if replaced and replaced.begun is None and replaced.answer is None:",
        "if replaced and replaced.begun and replaced.answer is None:",
        "release:0:Request/stepfunctions.StartExecution/1=denied,Request/stepfunctions.StartExecution/1=cancel",
        "the stack says blue v1 of shop",
    ),
    Bug(
        "keep-shifts",
        "a deploy that names no color is run as a release",
        "findings 12; invariant 7",
        CLASSIFYING,
        "if ask.color == KEEP and scene.live:",
        "if ask.color == KEEP and scene.live and scene.drift:",
        "keep:0:",
        "wanted the outcome UNCHANGED",
    ),
    Bug(
        "a-late-event-is-released",
        "an update that comes after its own rollback is released",
        "late events",
        CLASSIFYING,
        "if reversed_at is None or scene.status not in FORWARD:",
        "if reversed_at or scene.status:",
        "comes-late-unseen:0:",
        "the stack says blue v1 of shop",
    ),
    Bug(
        "a-continued-rollback-does-nothing",
        "a rollback that is continued forgets what it was to undo",
        "continued rollback",
        CLASSIFYING,
        "if newest.switch.undoes and not ended and rolls_back and newest.properties == ask.properties:",
        "if newest.switch.undoes and ended and rolls_back and newest.properties == ask.properties:",
        "continued-rollback:0:",
        "nothing to undo, and the rule is not as the journal says",
    ),
    Bug(
        "only-the-stack-tells-a-rollback",
        "a rollback that the stack does not show yet is run as a release",
        "findings 7",
        CLASSIFYING,
        "return newest if rolls_back or not (newest.answer and newest.answer.good) else None",
        "return newest if rolls_back else None",
        "release:0:Bake/lambda.Invoke/1=stale-stack,Bake/lambda.Invoke/2=cancel",
        "is stuck in UPDATE_ROLLBACK_FAILED",
    ),
    Bug(
        "a-rollback-of-nothing-is-a-release",
        "a rollback of what was never recorded is run as a release",
        "findings 1",
        CLASSIFYING,
        "    if scene.status not in FORWARD:\n        return _nothing",
        "    if not scene.status:\n        return _nothing",
        "release:0:Request/lambda.Invoke/1=never-ran,Request/lambda.Invoke/1=cancel,Request/lambda.Invoke/1=edit-half",
        "is stuck in UPDATE_ROLLBACK_FAILED",
    ),
    Bug(
        "a-request-that-fails-is-forgotten",
        "a request whose execution could not be started is never answered",
        "findings 6",
        REQUEST,
        "        world.executions().start(record.switch)\n\n",
        "        try:\n            world.executions().start(record.switch)\n"
        "        except Exception as error:\n            log.error(str(error))\n\n",
        "release:0:Bake/lambda.Invoke/2=cancel,Request/stepfunctions.StartExecution/2=denied",
        "is stuck in UPDATE_ROLLBACK_FAILED",
    ),
    Bug(
        "a-good-release-may-be-undone",
        "going back by hand is taken for a rollback",
        "findings 1",
        CLASSIFYING,
        "return newest if rolls_back or not (newest.answer and newest.answer.good) else None",
        "return newest",
        "there-and-back:0:",
        "without gate and bake",
    ),
    Bug(
        "the-queue-of-failures-is-not-read",
        "a request that failed three times is dropped",
        "findings 6",
        REQUEST,
        'yield failed["requestPayload"], True',
        "log.error(failed)",
        "release:0:Bake/lambda.Invoke/2=cancel,"
        "Request/dynamodb.GetItem/4=denied,"
        "Request/dynamodb.GetItem/5=denied,"
        "Request/dynamodb.GetItem/6=denied",
        "is stuck in UPDATE_ROLLBACK_FAILED",
    ),
    Bug(
        "an-old-status-is-believed",
        "a release is called a rollback, and answered, because the stack seems to be at rest",
        "findings 7; DescribeStacks lags",
        REQUEST,
        "if moves or world.monotonic() >= deadline:",
        "if status or moves or deadline:",
        "release:0:Request/lambda.InvokeAsync/1=stale-stack",
        "the stack says green v2 of shop",
    ),
)
