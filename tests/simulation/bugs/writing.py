"""Bugs in how the rule is written: the fence, the wait, the look afterwards."""

from __future__ import annotations

from tests.simulation.bugs.bug import Bug

WRITING = "lambda/traffic_switch/rule_writing.py"
RULE = "lambda/traffic_switch/ports/listener_rule.py"

BUGS = (
    Bug(
        "no-fence-before-the-write",
        "a switch that lost its lock still writes the rule",
        "findings 2; fence",
        WRITING,
        """        if not fenced(world, hold):
            return Fate.LOST
        try:
            if _put(""",
        """        try:
            if _put(""",
        "release:0:Shift/elbv2.DescribeRules/1=edit-half,"
        "Shift/elbv2.DescribeRules/3=stop,"
        "Shift/elbv2.DescribeRules/9=edit-back",
        "long after a newer one was taken",
    ),
    Bug(
        "a-fence-that-asks-for-any-owner",
        "whoever finds a lock at all takes it for his own",
        "findings 3; fence",
        "lambda/traffic_switch/ports/dynamodb_journal.py",
        "return held is not None and (held.owner, held.epoch) == (hold.switch_id, hold.epoch)",
        "return held is not None",
        "release:0:Shift/elbv2.DescribeRules/1=edit-half,"
        "Shift/elbv2.DescribeRules/3=cancel,"
        "Shift/elbv2.DescribeRules/9=edit-back",
        "under a newer owner of the lock",
    ),
    Bug(
        "a-fence-without-epoch",
        "a late Shift writes over the rollback of its own switch",
        "epoch",
        "lambda/traffic_switch/ports/dynamodb_journal.py",
        "return held is not None and (held.owner, held.epoch) == (hold.switch_id, hold.epoch)",
        "return held is not None and held.owner == hold.switch_id",
        "release:0:Shift/elbv2.DescribeRules/1=edit-half,"
        "Shift/elbv2.DescribeRules/3=stop,"
        "Shift/elbv2.DescribeRules/9=edit-back",
        "long after a newer one was taken",
    ),
    Bug(
        "no-second-fence",
        "a write is called good though the lock was lost meanwhile",
        "fence after the write",
        WRITING,
        "return done if world.journal.holds(hold) else Fate.LOST",
        "return done",
        "tests/simulation/test_rule_writing.py::test_a_write_whose_lock_is_lost_meanwhile_is_not_called_good",
        "LOST",
    ),
    Bug(
        "no-wait-for-w",
        "whoever ends a switch does not wait for its last write",
        "W",
        WRITING,
        "world.sleep(max(0.0, hold.settles_at - world.monotonic()))",
        "return",
        "release:0:Shift/elbv2.ModifyRule/1=late,Shift/elbv2.ModifyRule/1=stop",
        "wanted 20 s",
    ),
    Bug(
        "no-read-back",
        "what was written is not looked at again",
        "sabotage 1",
        WRITING,
        """    if not good(awaited(world, rule, good)):
        return Fate.FOREIGN
    return done if""",
        """    return done if""",
        "errors:0:",
        "was not read back",
    ),
    Bug(
        "one-look-is-believed",
        "one late DescribeRules is taken for a change by hand",
        "findings 11",
        WRITING,
        "if good(look) or left <= 0:",
        "if left:",
        "release:0:Shift/elbv2.DescribeRules/2=stale",
        "a change by hand, and there was none",
    ),
    Bug(
        "writes-over-hand-edits",
        "what a person made of the rule is overwritten",
        "findings 12",
        WRITING,
        "return any(look.reads(weights) for weights in allowed)",
        "return bool(allowed)",
        "release:0:Gate/lambda.Invoke/1=edit-half",
        "wrote over what a person had made of the rule",
    ),
    Bug(
        "no-second-try",
        "a write that was not acknowledged is not tried again",
        "write, step 3",
        WRITING,
        "TRIES = 2",
        "TRIES = 1",
        "tests/simulation/test_rule_writing.py::test_a_write_that_nobody_acknowledged_is_tried_once_more_and_stays_unsure",
        "ReadTimeoutError",
    ),
    Bug(
        "trusts-a-rule-that-reads-right",
        "a rule that reads as wanted is not written again, though an older write is on its way",
        "write, step 2",
        WRITING,
        """        try:
            if _put(rule, found, wanted):""",
        """        try:
            if found.reads(wanted) or _put(rule, found, wanted):""",
        "tests/simulation/test_rule_writing.py::test_a_rule_that_reads_as_wanted_is_written_all_the_same",
        "assert 0 == 1",
    ),
    Bug(
        "deletes-the-rule-once",
        "a rule that is created late outlives its deletion",
        "Remove deletes twice",
        WRITING,
        "for last in (False, True):",
        "for last in (True,):",
        "first:0:Shift/elbv2.CreateRule/1=late,Shift/elbv2.CreateRule/1=delete",
        "Shift wrote the rule while nobody held the lock",
    ),
    Bug(
        "the-sdk-writes-again",
        "the SDK sends a write again long after its fence",
        "bounded writer",
        "lambda/traffic_switch/aws_world.py",
        'once = Config(retries={"total_max_attempts": 1}, connect_timeout=connect, read_timeout=read)',
        "once = RETRIES",
        "release:0:Shift/elbv2.ModifyRule/1=lost-reply,Shift/elbv2.ModifyRule/1=stop",
        "long after a newer one was taken",
    ),
    Bug(
        "drops-the-idle-group",
        "the idle color's target group falls out of the rule",
        "invariant 4; findings 12",
        "lambda/traffic_switch/rule_shape.py",
        'config = {"TargetGroups": groups, "TargetGroupStickinessConfig": {"Enabled": False}}',
        'config = {"TargetGroups": [group for group in groups if group["Weight"]]}',
        "release:0:",
        "the rule was written as",
    ),
    Bug(
        "replaces-the-rule",
        "the rule is deleted and made anew",
        "invariant 4",
        RULE,
        "        self._modify(RuleArn=arn, Actions=forward(weights, self._place))\n\n",
        "        self.delete(arn)\n        self.create(weights)\n\n",
        "release:0:",
        "wanted green v2 live",
    ),
    Bug(
        "repair-leaves-paths-and-priority",
        "a repair puts back the weights alone",
        "findings 12",
        RULE,
        "Actions=forward(weights, self._place), Conditions=conditions(self._place))\n",
        "Actions=forward(weights, self._place))\n        return\n",
        "repair-priority:0:",
        "wanted a rule of priority 100",
    ),
)
