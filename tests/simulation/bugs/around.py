"""Bugs around the switch: the version guard, the host's colors, answers to CloudFormation, the operator's commands."""

from __future__ import annotations

from tests.simulation.bugs.bug import Bug

UNIT = "tests/unit/"
GUARD = "lambda/version_guard/judgment.py"
HOST = "lambda/host_color/procedure.py"

BUGS = (
    Bug(
        "the-guard-ignores-running-switches",
        "a second deploy replaces the way back of a release that is being watched",
        "findings 8",
        GUARD,
        "    if lock is None or not changed:\n",
        "    if lock is None or changed:\n",
        f"{UNIT}test_version_guard_switches.py::test_neither_color_changes_while_a_switch_runs",
        "assert 'SUCCESS' == 'FAILED'",
    ),
    Bug(
        "the-guard-lets-live-versions-change",
        "a container is replaced under its users",
        "invariant 7",
        GUARD,
        "if _is_live(color, weights, remembered)]",
        "if not _is_live(color, weights, remembered)]",
        f"{UNIT}test_version_guard.py::test_a_change_of_the_live_color_is_refused_with_what_to_do_instead",
        "assert 'SUCCESS' == 'FAILED'",
    ),
    Bug(
        "a-listener-goes-with-its-users",
        "the only production rule is deleted with the listener on port 443",
        "decision 0019",
        "lambda/deletion_protection/kept_listener.py",
        "    if not groups:\n",
        "    if groups:\n",
        f"{UNIT}test_kept_listener.py::test_a_listener_that_alone_serves_users_stays_and_says_what_to_do",
        "assert 'SUCCESS' == 'FAILED'",
    ),
    Bug(
        "a-second-run-replaces-again",
        "an event that is delivered again takes the only target of a live color away",
        "findings 9",
        HOST,
        "if runs_already(self._carry_out(Step.PREPARE), self._wanted):",
        "if not self._carry_out(Step.PREPARE):",
        f"{UNIT}test_host_color_reruns.py::test_a_second_run_after_a_lost_answer_touches_nothing",
        "deregister",
    ),
    Bug(
        "users-lose-their-target",
        "a color that has users is deregistered while its container starts",
        "findings 9",
        HOST,
        "            if not has_users:\n",
        "            if has_users:\n",
        f"{UNIT}test_host_color_reruns.py::test_a_color_that_has_users_is_never_deregistered",
        "deregister",
    ),
    Bug(
        "a-lost-answer-is-not-sent-again",
        "CloudFormation waits an hour because one reply was lost",
        "findings 9",
        "lambda/traffic_switch/ports/answer.py",
        "except (OSError, http.client.HTTPException) as error:",
        "except urllib.error.URLError as error:",
        f"{UNIT}test_answer.py::test_what_the_network_loses_is_sent_again",
        "RemoteDisconnected",
    ),
    Bug(
        "an-attempt-is-used-twice",
        "a rollback by hand changes nothing, and is called done",
        "findings 15",
        "greenlight/plan.py",
        "attempt = max(used, default=0) + 1",
        "attempt = max(used, default=1)",
        f"{UNIT}test_plan.py::test_an_attempt_is_one_that_nobody_has_used",
        "attempt=3",
    ),
    Bug(
        "live-is-said-unchecked",
        "a command says that a version is live, and it is not",
        "findings 15",
        "greenlight/commands/releasing.py",
        "    if problem := unmet(plan, scene):\n",
        "    if problem := '':\n",
        f"{UNIT}test_releasing.py::test_a_deploy_that_changed_nothing_is_a_failure_that_says_where_the_traffic_is",
        "assert 0 == 1",
    ),
    Bug(
        "throttling-is-not-retried",
        "one refused call rolls a good release back",
        "findings, smaller; the ASL file",
        "lambda/traffic_switch/switch.asl.json",
        '            "JournalAwayError",\n',
        "",
        f"{UNIT}test_state_machine.py::test_every_task_has_a_deadline_and_retries_what_lambda_and_boto3_lose",
        "JournalAwayError",
    ),
)
