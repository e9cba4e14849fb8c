"""The interpreter alone: what each kind of state computes, and what becomes of errors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.states.errors import TaskError
from tests.simulation.states.lab import StateLab, failing, task
from tests.simulation.states.machine import Machine

DONE = {"Type": "Succeed"}


def caught(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"ErrorEquals": list(names), "Next": "Caught", **more}]


def test_variables_change_all_at_once() -> None:
    states = {
        "Set": {"Type": "Pass", "Assign": {"a": 1, "b": 2}, "Next": "Swap"},
        "Swap": {"Type": "Pass", "Assign": {"a": "{% $b %}", "b": "{% $a %}"}, "Output": "{% $a %}", "Next": "Show"},
        "Show": {"Type": "Pass", "Output": ["{% $states.input %}", "{% $a %}", "{% $b %}"], "End": True},
    }

    assert StateLab().run(states).output == [1, 2, 1]


def test_a_choice_takes_the_first_rule_that_holds_and_that_rules_assignments() -> None:
    states = {
        "Which": {
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $states.input.n = 1 %}", "Next": "Show", "Assign": {"taken": "one"}},
                {"Condition": "{% $states.input.n = 1 %}", "Next": "Show", "Assign": {"taken": "later"}},
            ],
            "Default": "Show",
            "Assign": {"taken": "none"},
        },
        "Show": {"Type": "Succeed", "Output": "{% $taken %}"},
    }

    assert [StateLab().run(states, {"n": n}).output for n in (1, 2)] == ["one", "none"]


def test_a_choice_without_a_rule_that_holds_fails_the_execution() -> None:
    states = {"Which": {"Type": "Choice", "Choices": [{"Condition": "{% false %}", "Next": "Done"}]}, "Done": DONE}

    assert StateLab().run(states).error == "States.Runtime"


def test_a_condition_must_be_a_boolean_not_only_like_one() -> None:
    states = {"Which": {"Type": "Choice", "Choices": [{"Condition": "{% 1 %}", "Next": "Done"}]}, "Done": DONE}

    assert StateLab().run(states).error == "States.QueryEvaluationError"


@pytest.mark.parametrize("seconds", [-1, 0.5, "2", None, True])
def test_a_wait_takes_whole_seconds_alone(seconds: object) -> None:
    states = {"Wait": {"Type": "Wait", "Seconds": "{% $states.input.seconds %}", "End": True}}

    assert StateLab().run(states, {"seconds": seconds}).error == "States.QueryEvaluationError"


def test_a_wait_lasts_as_long_as_it_says_and_hands_its_input_on() -> None:
    lab = StateLab()

    assert lab.run({"Wait": {"Type": "Wait", "Seconds": 3, "End": True}}, {"n": 1}).output == {"n": 1}
    assert lab.time == 3


def test_a_fail_state_gives_the_execution_its_error_and_cause() -> None:
    states = {"No": {"Type": "Fail", "Error": "Refused", "Cause": "{% $states.input.why %}"}}

    run = StateLab().run(states, {"why": "closed"})

    assert (run.status, run.error, run.cause) == ("FAILED", "Refused", "closed")


def test_a_task_sees_its_arguments_and_its_result_is_wrapped() -> None:
    lab = StateLab(lambda _function, payload: {"seen": payload})

    run = lab.run({"Work": task(Output="{% $states.result %}")}, {"n": 1})

    assert lab.calls == [("work", {"n": 1})]
    assert run.output == {"StatusCode": 200, "Payload": {"seen": {"n": 1}}}


def test_a_function_and_the_machine_share_no_object() -> None:
    kept: list[Any] = []

    def work(_function: str, payload: Any) -> Any:
        kept.append(payload)
        payload["n"] = 2
        return payload

    run = StateLab(work).run({"Set": {"Type": "Pass", "Next": "Work"}, "Work": task()}, {"n": 1})
    kept[0]["n"] = 3

    assert [visit.output for visit in run.visits] == [{"n": 1}, {"n": 2}]


def test_a_missing_member_is_an_error_of_the_task_which_its_catch_covers() -> None:
    states = {"Work": task(Assign={"a": "{% $states.result.Payload.a %}"}, Catch=caught("States.ALL")), "Caught": DONE}

    run = StateLab(lambda *_: {}).run(states)

    assert run.output["Error"] == "States.QueryEvaluationError"
    assert run.variables == {}


def test_a_retry_waits_longer_each_time_up_to_its_longest_delay() -> None:
    rule = {"ErrorEquals": ["A"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 4, "MaxDelaySeconds": 20}
    lab = StateLab(failing("A", "A", "A", "A"))

    assert lab.run({"Work": task(Retry=[rule])}).output == "done"
    assert lab.sleeps == [2, 6, 18, 20]


def test_full_jitter_waits_a_share_of_the_delay() -> None:
    rule = {"ErrorEquals": ["A"], "IntervalSeconds": 4, "JitterStrategy": "FULL"}
    lab = StateLab(failing("A"))
    lab.run({"Work": task(Retry=[rule])})

    assert lab.sleeps == [2]


def test_each_retrier_counts_for_itself_and_the_first_that_covers_an_error_decides() -> None:
    rules = [{"ErrorEquals": ["A"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]

    assert StateLab(failing("A", "B", "B")).run({"Work": task(Retry=rules)}).output == "done"
    assert StateLab(failing("A", "A")).run({"Work": task(Retry=rules)}).error == "A"


def test_the_retry_count_is_that_of_the_state_and_starts_at_nought_again() -> None:
    work = task(
        Arguments={"FunctionName": "work", "Payload": "{% $states.context.State.RetryCount %}"},
        Retry=[{"ErrorEquals": ["A"]}],
        Assign={"clean": "{% $states.context.State.RetryCount = 0 %}"},
        Next="Again",
    )
    lab = StateLab(failing("A", "A"))
    run = lab.run({"Work": work, "Again": {**work, "Next": "Done"}, "Done": DONE})

    assert [payload for _, payload in lab.calls] == [0, 1, 2, 0]
    assert [visit.assigned.get("clean") for visit in run.visits[:2]] == [False, True]


def test_the_entered_time_is_that_of_the_state_not_of_the_attempt() -> None:
    work = task(
        Arguments={"FunctionName": "work", "Payload": "{% $states.context.State.EnteredTime %}"},
        Retry=[{"ErrorEquals": ["A"], "IntervalSeconds": 7}],
    )
    lab = StateLab(failing("A"), time=1_700_000_000.25)
    lab.run({"Work": work})

    assert [payload for _, payload in lab.calls] == ["2023-11-14T22:13:20.250Z"] * 2


@pytest.mark.parametrize(
    ("names", "error", "covered"),
    [
        (["States.ALL"], "Anything", True),
        (["States.ALL"], "States.Timeout", True),
        (["States.TaskFailed"], "Anything", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.ALL"], "States.Runtime", False),
        (["States.ALL"], "States.DataLimitExceeded", True),
        (["States.TaskFailed"], "States.Runtime", False),
        (["States.Runtime"], "States.Runtime", True),
        (["Other"], "Anything", False),
    ],
)
def test_a_catch_covers_what_aws_says_it_covers(names: list[str], error: str, covered: bool) -> None:
    run = StateLab(failing(error)).run({"Work": task(Catch=caught(*names)), "Caught": DONE})

    assert (run.status == "SUCCEEDED") is covered


def test_a_catch_hands_on_the_error_and_may_keep_it() -> None:
    states = {
        "Work": task(Catch=caught("States.ALL", Assign={"why": "{% $states.errorOutput.Cause %}"})),
        "Caught": {"Type": "Succeed", "Output": ["{% $why %}", "{% $states.input %}"]},
    }

    run = StateLab(failing("A")).run(states)

    assert run.output == ["because", {"Error": "A", "Cause": "because"}]


def test_a_task_that_takes_too_long_is_a_timeout_without_a_cause() -> None:
    lab = StateLab(lambda *_: 60.0)
    run = lab.run({"Work": task(TimeoutSeconds=20, Catch=caught("States.ALL")), "Caught": DONE})

    assert run.output == {"Error": "States.Timeout", "Cause": ""}
    assert lab.time == 20


def test_the_timeout_is_that_of_each_attempt() -> None:
    lab = StateLab(lambda *_: 60.0)
    lab.run({"Work": task(TimeoutSeconds=20, Retry=[{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1}])})

    assert lab.time == 41


@pytest.mark.parametrize(
    ("states", "ended"),
    [
        ({"Rest": {"Type": "Wait", "Seconds": 60, "Next": "Never"}, "Never": DONE}, 10.0),
        (
            {"Work": task(TimeoutSeconds=10, Next="Never", Catch=caught("States.ALL")), "Never": DONE, "Caught": DONE},
            10,
        ),
        ({"Work": task(Retry=[{"ErrorEquals": ["A"], "IntervalSeconds": 60}], Next="Never"), "Never": DONE}, 10.0),
    ],
    ids=["wait", "task", "retry"],
)
def test_a_machine_out_of_time_ends_at_once_and_enters_no_further_state(states: Any, ended: float) -> None:
    lab = StateLab(failing("A") if "Retry" in states.get("Work", {}) else lambda *_: 60.0)
    run = lab.run(states, TimeoutSeconds=10)

    assert (run.status, run.error, run.cause) == ("TIMED_OUT", None, None)
    assert (lab.time, len(run.visits)) == (ended, 1)


def test_a_task_that_returns_too_much_is_caught() -> None:
    run = StateLab(lambda *_: "x" * 300_000).run({"Work": task(Catch=caught("States.ALL")), "Caught": DONE})

    assert run.output["Error"] == "States.DataLimitExceeded"


def test_a_run_goes_on_where_it_failed_with_its_variables() -> None:
    states = {
        "Set": {"Type": "Pass", "Assign": {"kept": 1}, "Next": "Work"},
        "Work": task(Output=["{% $kept %}", "{% $states.result.Payload %}"]),
    }
    lab = StateLab(failing("A"))
    run = lab.run(states)
    assert (run.status, run.error) == ("FAILED", "A")

    run.go(lab.around())

    assert (run.status, run.error, run.output) == ("SUCCEEDED", None, [1, "done"])
    assert [visit.state for visit in run.visits] == ["Set", "Work", "Work"]


def test_a_machine_is_run_with_what_surrounds_it() -> None:
    definition = {"QueryLanguage": "JSONata", "StartAt": "Work", "States": {"Work": task()}}

    def refuse(_function: str, _payload: Any, _timeout: float) -> Any:
        raise TaskError("Lambda.Unknown", "gone")

    run = Machine(definition).run({}, invoke=refuse, sleep=lambda _: None, now=lambda: 0.0, draw=lambda: 0.0)

    assert (run.status, run.error, run.cause) == ("FAILED", "Lambda.Unknown", "gone")


def test_a_history_that_is_full_ends_the_execution() -> None:
    loop = {"Look": task(Next="Rest"), "Rest": {"Type": "Wait", "Seconds": 1, "Next": "Look"}, "Never": DONE}
    loop["Look"]["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": "Never"}]

    run = StateLab().run(loop)

    assert run.error == "States.Runtime"
    assert len(run.visits) == 2 * 25_000 // 7


def test_the_output_of_a_task_still_sees_its_input() -> None:
    states = {"Work": task(Output=["{% $states.input.n %}", "{% $states.result.Payload %}"])}

    assert StateLab(lambda *_: 2).run(states, {"n": 1}).output == [1, 2]


def test_a_task_that_times_out_just_before_the_machine_does_is_still_caught() -> None:
    states = {"Work": task(TimeoutSeconds=9, Catch=caught("States.Timeout")), "Caught": DONE}

    assert StateLab(lambda *_: 60.0).run(states, TimeoutSeconds=10).status == "SUCCEEDED"
