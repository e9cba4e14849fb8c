"""Bugs in the judge: what it counts, when it is sure, and what it takes for good."""

from __future__ import annotations

from tests.simulation.bugs.bug import Bug

METRICS = "lambda/traffic_switch/ports/metrics.py"
BAKE = "lambda/traffic_switch/judging/bake.py"
LOOK = "lambda/traffic_switch/handlers/bake.py"
UNIT = "tests/unit/"

BUGS = (
    Bug(
        "slow-is-a-thousand-times-slower",
        "no request is ever slow, because seconds are taken for milliseconds",
        "sabotage 2",
        METRICS,
        'f"PR(:{slow_ms / 1000:g})"',
        'f"PR(:{slow_ms:g})"',
        f"{UNIT}test_metrics_port.py::test_everything_is_asked_in_one_call_for_whole_periods",
        "PR(:",
    ),
    Bug(
        "client-errors-count",
        "a version is rolled back because its users ask for pages that there are not",
        "sabotage 3",
        METRICS,
        'failed=min(counts["requests"], counts["broken"] + lost),',
        'failed=min(counts["requests"], counts["broken"] + counts["refused"] + lost),',
        f"{UNIT}test_metrics_port.py::test_what_the_load_balancer_had_to_answer_itself_counts_as_failed",
        "assert 15 == 10",
    ),
    Bug(
        "the-lag-of-metrics-is-dropped",
        "minutes that CloudWatch has not finished count as they are",
        "sabotage 4",
        LOOK,
        "world.now() - policy.metric_lag_seconds,",
        "world.now(),",
        f"{UNIT}test_bake_handler.py::test_minutes_that_cloudwatch_has_not_finished_are_not_judged",
        "'FAIL' == 'PASS'",
    ),
    Bug(
        "the-balancers-own-errors-do-not-count",
        "users who get 502 and 504 are not seen",
        "findings, smaller",
        METRICS,
        'lost = min(max(0, counts["requests"] - answered), max(counts["lost"], counts["unreached"]))',
        "lost = min(answered, 0)",
        f"{UNIT}test_metrics_port.py::test_what_the_load_balancer_had_to_answer_itself_counts_as_failed",
        "failed",
    ),
    Bug(
        "the-raw-rate-decides",
        "a good version is rolled back by chance, since every look may be the unlucky one",
        "findings 13",
        "lambda/traffic_switch/judging/findings.py",
        "        if evidence.enough:\n",
        "        so_far = looks[: at + 1]\n"
        "        if sum(one.bad for one in so_far) > question.limit * sum(one.requests for one in so_far):\n",
        f"{UNIT}test_bake.py::test_a_good_color_passes_at_the_end_and_says_what_would_have_been_caught",
        "Verdict.FAI",
    ),
    Bug(
        "one-burst-decides",
        "a blip of a second rolls a release back",
        "judging, looks",
        "lambda/traffic_switch/judging/evidence.py",
        "            if gain > self._ceilings[at]:\n",
        "            if gain > self._ceilings[at] > LOG_ENOUGH:\n",
        f"{UNIT}test_evidence.py::test_no_verdict_rests_on_fewer_looks_than_asked_for",
        "[True, True, True]",
    ),
    Bug(
        "own-requests-count-as-users",
        "what the bake itself asked is held against the version twice",
        "users and own requests apart",
        LOOK,
        "own = OwnCounts(seen.batches, since, policy.bake_batch_seconds)",
        "own = OwnCounts((), since, policy.bake_batch_seconds)",
        f"{UNIT}test_bake_handler.py::test_own_failures_are_not_held_against_users_as_well",
        "users' requests: none",
    ),
    Bug(
        "an-alarm-without-data-passes",
        "what is not known counts as good",
        "WAIT, never PASS",
        BAKE,
        'for alarm in look.alarms or () if alarm.state != "OK")\n    if look.wiring',
        'for alarm in look.alarms or () if alarm.state == "MISSING")\n    if look.wiring',
        f"{UNIT}test_bake.py::test_what_is_missing_waits_and_fails_at_the_deadline_but_never_passes",
        "INSUFFICIENT_DATA",
    ),
    Bug(
        "anybodys-metrics-will-do",
        "a bake passes on the metrics of another color",
        "wiring",
        "lambda/traffic_switch/judging/looks.py",
        "return self.counted >= WIRED_SHARE * self.own",
        "return self.counted >= 0",
        f"{UNIT}test_bake_handler.py::test_metrics_of_something_else_never_pass",
        "assert 'PASS' == 'FAIL'",
    ),
    Bug(
        "a-replacement-counts-as-sick",
        "one target that is still being checked rolls a release back",
        "findings 13",
        BAKE,
        "    if new and healthy(counted):\n",
        "    if new and not healthy(counted):\n",
        f"{UNIT}test_bake.py::test_one_replacement_that_is_still_checked_does_not_count_as_failing",
        "Verdict.FAIL",
    ),
    Bug(
        "a-refusal-counts-as-an-answer",
        "a firewall that refuses every request looks like a good version",
        "findings 4",
        "lambda/traffic_switch/judging/answers.py",
        "if not 200 <= reply.status < 400 or reply.environment != color:",
        "if reply.failed:",
        f"{UNIT}test_bake_answers.py::test_every_answer_is_sorted_by_who_gave_it_and_how",
        "GOOD",
    ),
    Bug(
        "the-bake-does-not-look-at-the-lock",
        "a switch that was taken over judges on",
        "findings 4; every look reads the lock",
        "lambda/traffic_switch/standing.py",
        "    if not world.journal.holds(hold):\n",
        "    if not hold.switch_id:\n",
        f"{UNIT}test_bake_handler.py::test_a_lost_lock_ends_the_bake_without_a_verdict_of_its_own",
        "assert 'WAIT' == 'LOST'",
    ),
)
