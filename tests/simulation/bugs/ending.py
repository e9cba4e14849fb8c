"""Bugs in how a switch ends: outcome, page, closing, answer."""

from __future__ import annotations

from tests.simulation.bugs.bug import Bug

CLOSING = "lambda/traffic_switch/closing.py"
JOURNAL = "lambda/traffic_switch/ports/dynamodb_journal.py"
ENDING = "lambda/traffic_switch/ending.py"

BUGS = (
    Bug(
        "unlocks-before-it-closes",
        "the lock is free while the switch has no outcome yet",
        "close is one transaction",
        JOURNAL,
        """            writes.append(becomes_live(hold.service, closing.live))
        self._with(hold, *writes)""",
        """            writes.append(becomes_live(hold.service, closing.live))
        self._with(hold, writes[0])
        self._with(hold, *writes[1:])""",
        "release:0:",
        "and was not ended",
    ),
    Bug(
        "closes-without-the-lock",
        "an old copy of Done ends a switch that is being taken back",
        "findings 2; close, condition",
        JOURNAL,
        "Write(lock_key(hold.service), delete=True, only_if=mine(hold)),",
        "Write(lock_key(hold.service), delete=True),",
        "release:0:Done/dynamodb.TransactWriteItems/1=late,Done/dynamodb.TransactWriteItems/1=stop",
        "and the rule says otherwise",
    ),
    Bug(
        "pages-after-it-closed",
        "a switch is HELD before anybody was told",
        "page before close",
        CLOSING,
        """        tell(world, switch, traffic.ending, reason)
    back =""",
        """        reason = str(reason)
    back =""",
        "both-sick:0:",
        "is HELD before anybody was paged",
    ),
    Bug(
        "a-lost-page-is-no-matter",
        "when SNS fails, nobody hears that a switch is HELD",
        "findings 14",
        CLOSING,
        "        if ending.page:\n            raise\n",
        "",
        "both-sick:0:Rollback/sns.Publish/1=sns-away",
        "is HELD before anybody was paged",
    ),
    Bug(
        "held-overwrites-the-journal",
        "what is live is forgotten when traffic could not be taken back",
        "sabotage 5",
        CLOSING,
        "back = traffic.owed\n",
        "back = traffic.owed or world.journal.record(switch.id)\n",
        "both-sick:0:",
        "what is live of shop changed, and no switch has ended",
    ),
    Bug(
        "a-rollback-answers-failed",
        "a rollback that fails leaves the stack stuck",
        "findings 7",
        ENDING,
        "    good = facts.mode is Mode.RESTORE\n",
        "    good = False\n",
        "release:0:Bake/lambda.Invoke/2=cancel",
        "is stuck in UPDATE_ROLLBACK_FAILED",
    ),
    Bug(
        "a-restore-that-never-began-is-silent",
        "a rollback that never got the lock is told to nobody",
        "findings 6",
        ENDING,
        "return facts.mode in (Mode.RESTORE, Mode.REMOVE)",
        "return False",
        "tests/unit/test_ending.py::test_each_row_of_the_table_of_endings",
        "HELD",
    ),
    Bug(
        "a-removal-that-failed-is-done",
        "a deletion answers SUCCESS while the rule is there",
        "findings 5",
        "lambda/traffic_switch/handlers/remove.py",
        "    fate = remove(world, world.services[switch.service], hold)\n",
        "    try:\n        fate = remove(world, world.services[switch.service], hold)\n"
        "    except Exception:\n        fate = Fate.OK\n",
        "destroy:0:Remove/elbv2.DeleteRule/1=denied",
        "a removal answered SUCCESS, and the rule is still there",
    ),
    Bug(
        "answers-before-it-closed",
        "CloudFormation hears FAILED before the switch has ended",
        "answer after close",
        "lambda/traffic_switch/handlers/respond.py",
        """        raise UnsettledError(f"the switch {switch.id} has no answer yet")""",
        """        from traffic_switch.journal import Answer
        request = record.request if record else None
        send(world, switch, Record(switch, 0.0, answer=Answer("FAILED", "too early"), request=request))
        return told(failed("too early"))""",
        "lock-deleted:0:",
        "was answered before it had an outcome",
    ),
    Bug(
        "remembers-another-version-as-live",
        "the journal calls a version live that is not",
        "invariant 8",
        "lambda/traffic_switch/handlers/done.py",
        "Live(switch.color, switch.version, Weights.all_on(switch.color), ",
        "Live(switch.color, switch.version, Weights.all_on(switch.color.other), ",
        "release:0:",
        "and the rule says otherwise",
    ),
    Bug(
        "done-without-looking",
        "a release is DONE though somebody put the rule back",
        "findings 4",
        "lambda/traffic_switch/standing.py",
        "    wanted = Weights.all_on(switch.color)\n",
        "    return ''\n    wanted = Weights.all_on(switch.color)\n",
        "release:0:Bake/lambda.Invoke/2=edit-half",
        "is DONE, and the rule was changed by hand",
    ),
    Bug(
        "lock-trouble-is-a-success",
        "an execution whose lock is in doubt ends without anybody to settle it",
        "findings 6",
        "lambda/traffic_switch/switch.asl.json",
        """"hold": "{% $states.result.Payload.hold %}"
      },
      "Catch": [
        {
          "Next": "Unsettled"
        }""",
        """"hold": "{% $states.result.Payload.hold %}"
      },
      "Catch": [
        {
          "Next": "Succeeded"
        }""",
        "release:0:Bake/lambda.Invoke/2=cancel,Lock/dynamodb.TransactWriteItems/2=denied,"
        "Lock/dynamodb.TransactWriteItems/3=denied,Lock/dynamodb.TransactWriteItems/4=denied",
        "is stuck in UPDATE_ROLLBACK_FAILED",
    ),
    Bug(
        "settle-gives-up",
        "a switch that died stays open when closing it fails once",
        "Settle goes on",
        "lambda/traffic_switch/handlers/settle.py",
        "        _page(world, switch, tries, error)\n        raise\n",
        "        _page(world, switch, tries, error)\n",
        "release:0:Bake/lambda.Invoke/2=cancel,Rollback/lambda.Invoke/1=stop,Settle/dynamodb.GetItem/4=denied",
        "is stuck in UPDATE_ROLLBACK_FAILED",
    ),
    Bug(
        "settle-answers-alone",
        "a switch that died is answered, and its traffic stays",
        "Settle ends as RollBack would",
        "lambda/traffic_switch/handlers/settle.py",
        "        traffic = bring_back(world, switch, hold, clean=False)\n",
        "        from traffic_switch.taking_back import Traffic, end, Facts\n"
        "        traffic = Traffic(end(Facts(switch.mode)), 'no traffic had moved')\n",
        "release:0:Bake/lambda.Invoke/2=stop",
        "says UNCHANGED, and moved traffic",
    ),
    Bug(
        "a-right-is-missing",
        "the very first release cannot be taken back",
        "duties",
        "constructs/greenlight_cdk/switch_duties.py",
        "take_back = (*write, _delete_rules(places), LOOK_AT_TARGETS, preview)",
        "take_back = (*write, LOOK_AT_TARGETS, preview)",
        "first-errors:0:",
        "Rollback may not do elbv2.DeleteRule",
    ),
)
