"""Bugs in how traffic is taken back."""

from __future__ import annotations

from tests.simulation.bugs.bug import Bug

BACK = "lambda/traffic_switch/taking_back.py"
OLD = "lambda/traffic_switch/old_color.py"
JOURNAL = "lambda/traffic_switch/ports/dynamodb_journal.py"
EMERGENCY = "lambda/traffic_switch/emergency.py"

BUGS = (
    Bug(
        "one-write-where-two-are-needed",
        "a copy of Shift that still runs writes after the rollback",
        "taking back",
        BACK,
        "    if not clean:\n",
        "    if not owed:\n",
        "release:0:Shift/elbv2.ModifyRule/1=late,Shift/elbv2.ModifyRule/1=stop",
        "Shift wrote the rule while nobody held the lock",
    ),
    Bug(
        "rollback-without-a-new-epoch",
        "the rollback does not fence the Shift of its own switch",
        "retake",
        "lambda/traffic_switch/handlers/rollback.py",
        "hold = held(world, switch.service, world.journal.retake(switch, world.now()))",
        "hold = hold_of(event, world)",
        "errors:0:",
        "Rollback wrote the rule with the very epoch with which Shift writes",
    ),
    Bug(
        "settle-without-a-new-epoch",
        "settling does not fence what the dead execution left running",
        "findings 3; retake",
        "lambda/traffic_switch/handlers/settle.py",
        "return held(world, switch.service, world.journal.retake(switch, world.now()))",
        "return held(world, switch.service, lock)",
        "release:0:Shift/elbv2.ModifyRule/1=late,Shift/elbv2.ModifyRule/1=stop",
        "Settle wrote the rule with the very epoch with which Shift writes",
    ),
    Bug(
        "any-shift-counts-as-clean",
        "a Shift that ran more than once is trusted to be over",
        "clean",
        "lambda/traffic_switch/switch.asl.json",
        '"clean": "{% $states.context.State.RetryCount = 0 and $states.result.Payload.clean %}"',
        '"clean": true',
        "errors:0:Shift/lambda.Invoke/1=ran-on,Shift/elbv2.ModifyRule/1=late",
        "Shift wrote the rule while nobody held the lock",
    ),
    Bug(
        "outcome-from-the-rule",
        "a rollback that runs again says that no traffic had moved",
        "findings 10",
        BACK,
        "facts = replace(facts, is_open=bool(owed and owed.is_open))",
        "here = world.rule(world.services[switch.service]).look()\n"
        "    facts = replace(facts, is_open=bool(owed and owed.is_open and owed.before\n"
        "                                        and not here.reads(owed.before.weights)))",
        "errors:0:Rollback/elbv2.ModifyRule/1=died-after",
        "says UNCHANGED, and moved traffic",
    ),
    Bug(
        "flips-blindly",
        "traffic goes back to a color that is dead",
        "invariant 1",
        "lambda/traffic_switch/ending.py",
        "facts.mode is Mode.REPAIR or facts.foreign or not facts.may_go_back",
        "facts.mode is Mode.REPAIR or facts.foreign",
        "both-sick:0:",
        "wanted HELD and a page",
    ),
    Bug(
        "any-version-may-come-back",
        "traffic goes back to a version that nobody has proved",
        "findings 8",
        OLD,
        "if version and reply.environment == color and reply.version and reply.version != version:",
        "if not version:",
        "replaced-meanwhile:0:",
        "traffic was given back to blue, which runs v7",
    ),
    Bug(
        "the-debt-is-forgotten",
        "whoever takes the lock leaves a dead switch's traffic where it is",
        "debt",
        JOURNAL,
        "debt = _debt(held, old)",
        'debt = ""',
        "skipped-rollback:0:",
        "finally the rule has",
    ),
    Bug(
        "the-debt-is-paid-in-name",
        "a debt is noted as paid, and its traffic stays",
        "debt",
        BACK,
        "    found = _taken_back(world, switch, hold, debt, Facts(Mode.RELEASE), clean=False)\n"
        "    if found.ending.page:",
        '    found = Traffic(end(Facts(Mode.RELEASE)), "")\n    if found.ending.page:',
        "skipped-rollback:0:",
        "finally the rule has",
    ),
    Bug(
        "nobody-knows-what-was-undone",
        "a release that was taken back is not marked so",
        "findings 10; undone",
        JOURNAL,
        'undone = {"undone": hold.switch_id} if closing.outcome is Outcome.ROLLED_BACK and closing.owed else {}',
        "undone: dict[str, Any] = {}",
        "late-failure:0:",
        "does not say that of whom",
    ),
    Bug(
        "emergency-at-any-time",
        "the write without the journal comes when another may own the lock",
        "emergency, W/2",
        EMERGENCY,
        'if world.now() - unix(event["entered"]) > world.policy.emergency_seconds:',
        'if world.now() < unix(event["entered"]):',
        "no-journal:0:Rollback/lambda.Invoke/1=late,"
        "Rollback/elbv2.DescribeTargetHealth/1=slow,"
        "Rollback/elbv2.DescribeTargetHealth/2=slow,"
        "Rollback/elbv2.DescribeRules/1=slow",
        "after the rollback began",
    ),
    Bug(
        "emergency-on-a-retry",
        "the write without the journal comes again with every retry",
        "emergency, first try",
        EMERGENCY,
        'if event.get("attempt") != 0 or',
        'if event.get("attempt") is None or',
        "no-journal:0:Rollback/elbv2.ModifyRule/1=lost-request",
        "after Bake, try 1, the rule was written unfenced",
    ),
    Bug(
        "emergency-to-a-sick-color",
        "without the journal traffic goes back to a dead color",
        "emergency, old color",
        EMERGENCY,
        'return f"The traffic was not touched, since {judged.reason}"',
        "log.error(judged.reason)",
        "no-journal:0:Request/dynamodb.GetItem/1=blue-dies",
        "which has long been down",
    ),
    Bug(
        "emergency-before-the-shift",
        "without the journal traffic that had not moved is written",
        "emergency, phase",
        EMERGENCY,
        'PHASES = ("Shift", "Bake")',
        'PHASES = ("Gate", "Smoke", "Shift", "Bake")',
        "release:0:Gate/lambda.Invoke/1=journal-long-away",
        "after Gate, try 0, the rule was written unfenced",
    ),
    Bug(
        "no-emergency-write",
        "while the journal is away, users stay on a version that fails",
        "findings 14; emergency",
        "lambda/traffic_switch/handlers/rollback.py",
        "        emergency.put_back(event, world, switch)\n        raise",
        "        raise",
        "no-journal:0:",
        "users were on a version that fails",
    ),
    Bug(
        "emergency-in-silence",
        "nobody is told that traffic was written without the journal",
        "findings 14",
        EMERGENCY,
        '        world.notifier.tell(\n            f"PAGE: Greenlight',
        '        log.warning(\n            f"PAGE: Greenlight',
        "no-journal:0:",
        "nobody was paged",
    ),
)
