"""Executions in virtual time: started once, ended once, stopped, redriven, and announced when they died."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from greenlight.rehearsal.cloud.stepfunctions import announcement
from tests.simulation.errors import AwsError
from tests.simulation.kernel import Kernel, Process
from tests.simulation.states.deliveries import Deliveries
from tests.simulation.states.executions import Executions
from tests.simulation.states.lab import machine, task
from tests.simulation.states.tasks import Tasks, lost, refused, twice

REST = {"Rest": {"Type": "Wait", "Seconds": 60, "End": True}}
DONE = {"Type": "Succeed"}


@dataclass
class Returned:
    result: Any = None
    error: str = ""
    cause: str = ""
    process: Process = field(default_factory=lambda: Process("nobody", lambda: None))


@dataclass
class World:
    """Step Functions with one function, `work`, that takes `seconds` and ends as `outcome` says."""

    seconds: float = 5.0
    outcome: Returned = field(default_factory=Returned)
    epoch: float = 0.0
    kernel: Kernel = field(default_factory=Kernel)
    worked: list[tuple[float, float]] = field(default_factory=list)
    announced: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    def executions(self, states: Mapping[str, Any], **settings: Any) -> Executions:
        tell = lambda event: self.announced.append((self.kernel.time, event))  # noqa: E731
        tasks = Tasks(self.kernel, self._start)
        return Executions(self.kernel, machine(states, **settings), tasks, tell, epoch=self.epoch)

    def _start(self, _function: str, _payload: Any) -> Returned:
        return replace(self.outcome, process=self.kernel.spawn("work", self._work))

    def _work(self) -> None:
        begun = self.kernel.time
        self.kernel.sleep(self.seconds)
        self.worked.append((begun, self.kernel.time))


def test_an_execution_runs_to_its_end_and_says_so() -> None:
    world = World(outcome=Returned({"n": 2}), epoch=1000.0)
    executions = world.executions({"Work": task()})
    executions.start("a", '{"n": 1}')
    assert executions.describe("a")["status"] == "RUNNING"
    world.kernel.run()

    shown = executions.describe("a")
    assert (shown["status"], shown["output"], shown["input"]) == ("SUCCEEDED", '{"n": 2}', '{"n": 1}')
    assert (shown["startDate"], shown["stopDate"]) == (0, 5)
    assert shown["stateMachineArn"] == executions.machine_arn
    assert not world.announced


def test_the_same_name_and_input_are_the_same_execution_while_it_runs() -> None:
    world = World()
    executions = world.executions({"Work": task()})
    executions.start("a", "{}")
    executions.start("a", "{}")
    with pytest.raises(AwsError, match="ExecutionAlreadyExists"):
        executions.start("a", '{"n": 1}')
    world.kernel.run()

    assert len(world.worked) == 1
    with pytest.raises(AwsError, match="ExecutionAlreadyExists"):
        executions.start("a", "{}")


def test_input_that_is_no_json_is_refused() -> None:
    with pytest.raises(AwsError, match="InvalidExecutionInput"):
        World().executions(REST).start("a", "{")


def test_an_execution_that_nobody_started_does_not_exist() -> None:
    executions = World().executions(REST)

    for call in (executions.describe, executions.stop, executions.redrive):
        with pytest.raises(AwsError, match="ExecutionDoesNotExist"):
            call("a")


def test_a_stop_ends_the_execution_at_once_and_its_function_goes_on() -> None:
    world = World(seconds=30)
    executions = world.executions({"Work": task(Next="Never"), "Never": DONE})
    executions.start("a", "{}")
    world.kernel.run(until=10)
    executions.stop("a", "Operator", "abort")
    world.kernel.run()

    shown = executions.describe("a")
    assert (shown["status"], shown["error"], shown["cause"], shown["stopDate"]) == ("ABORTED", "Operator", "abort", 10)
    assert world.worked == [(0, 30)]
    assert len(executions.all["a"].run.visits) == 1


def test_a_second_stop_changes_nothing() -> None:
    world = World()
    executions = world.executions(REST)
    executions.start("a", "{}")
    world.kernel.run(until=1)
    executions.stop("a", "One")
    world.kernel.run(until=2)
    executions.stop("a", "Two")

    shown = executions.describe("a")
    assert (shown["error"], shown["stopDate"]) == ("One", 1)
    world.kernel.run()
    assert len(world.announced) == 1


def test_an_execution_can_be_stopped_before_its_first_state() -> None:
    world = World()
    executions = world.executions(REST)
    executions.start("a", "{}")
    executions.stop("a")
    world.kernel.run()

    assert executions.describe("a")["status"] == "ABORTED"
    assert executions.all["a"].run.visits == []


def test_a_function_goes_on_after_its_task_timed_out() -> None:
    world = World(seconds=30)
    executions = world.executions({"Work": task(TimeoutSeconds=10)})
    executions.start("a", "{}")
    world.kernel.run()

    shown = executions.describe("a")
    assert (shown["status"], shown["error"], shown["cause"], shown["stopDate"]) == ("FAILED", "States.Timeout", "", 10)
    assert world.worked == [(0, 30)]


def test_a_machine_out_of_time_ends_in_the_middle_of_a_task() -> None:
    world = World(seconds=30)
    executions = world.executions({"Work": task(TimeoutSeconds=20, Next="Never"), "Never": DONE}, TimeoutSeconds=10)
    executions.start("a", "{}")
    world.kernel.run()

    shown = executions.describe("a")
    assert (shown["status"], shown["stopDate"], "error" in shown) == ("TIMED_OUT", 10, False)


def test_a_redriven_execution_goes_on_in_the_state_it_was_stopped_in() -> None:
    world = World(outcome=Returned("done"))
    states = {"Set": {"Type": "Pass", "Assign": {"kept": 1}, "Next": "Work"}, "Work": task(Output="{% $kept %}")}
    executions = world.executions(states, TimeoutSeconds=9)
    executions.start("a", "{}")
    world.kernel.run(until=4)
    executions.stop("a")
    world.kernel.run(until=100)
    executions.redrive("a")
    assert executions.running() == ["a"]
    world.kernel.run()

    shown = executions.describe("a")
    assert (shown["status"], shown["output"], shown["redriveCount"], shown["stopDate"]) == ("SUCCEEDED", "1", 1, 105)
    assert [visit.state for visit in executions.all["a"].run.visits] == ["Set", "Work", "Work"]


def test_what_runs_or_succeeded_cannot_be_redriven() -> None:
    world = World()
    executions = world.executions({"Work": task()})
    executions.start("a", "{}")
    with pytest.raises(AwsError, match="ExecutionNotRedrivable"):
        executions.redrive("a")
    world.kernel.run()
    with pytest.raises(AwsError, match="ExecutionNotRedrivable"):
        executions.redrive("a")


def test_what_died_is_announced_as_eventbridge_does() -> None:
    world = World(outcome=Returned(error="ValueError", cause='{"errorMessage": "no"}'), epoch=1_700_000_000.0)
    executions = world.executions({"Work": task()})
    executions.start("a", '{"n": 1}')
    world.kernel.run()

    [(_, event)] = world.announced
    detail = event["detail"]
    assert (event["source"], event["detail-type"]) == ("aws.states", "Step Functions Execution Status Change")
    assert event["resources"] == [detail["executionArn"]]
    assert (detail["name"], detail["status"], detail["input"]) == ("a", "FAILED", '{"n": 1}')
    assert (detail["error"], detail["cause"]) == ("ValueError", '{"errorMessage": "no"}')
    assert (detail["startDate"], detail["stopDate"]) == (1_700_000_000_000, 1_700_000_005_000)
    record = {**executions.describe("a"), "output": None, "startDate": event["time"], "stopDate": event["time"]}
    assert set(detail) == set(json.loads(announcement.entry(record)["Detail"]))


@pytest.mark.parametrize(
    ("delays", "arrives"),
    [((), []), ((7200.0,), [7205]), ((0.0, 60.0), [5, 65])],
    ids=["lost", "hours late", "twice"],
)
def test_an_announcement_arrives_when_and_as_often_as_the_scenario_says(
    delays: tuple[float, ...], arrives: list[float]
) -> None:
    world = World(outcome=Returned(error="ValueError"))
    executions = world.executions({"Work": task()})
    executions.events = Deliveries(numbered={1: delays})
    executions.start("a", "{}")
    world.kernel.run()

    assert [time for time, _ in world.announced] == arrives
    assert executions.events.met == [1]


def test_a_refused_invocation_never_runs_the_function() -> None:
    world = World(outcome=Returned("done"))
    executions = world.executions({"Work": task(Retry=[{"ErrorEquals": ["Lambda.TooManyRequestsException"]}])})
    executions.tasks.addressed["work", 1] = refused("Lambda.TooManyRequestsException", seconds=2)
    executions.start("a", "{}")
    world.kernel.run()

    assert executions.describe("a")["output"] == '"done"'
    assert world.worked == [(3, 8)]
    assert [(number, function) for number, function, _ in executions.tasks.met] == [(1, "work")]


def test_a_lost_reply_runs_the_function_and_fails_the_task() -> None:
    world = World(outcome=Returned("done"))
    executions = world.executions({"Work": task()})
    executions.tasks.numbered[1] = lost("Lambda.SdkClientException")
    executions.start("a", "{}")
    world.kernel.run()

    assert executions.describe("a")["error"] == "Lambda.SdkClientException"
    assert world.worked == [(0, 5)]


def test_a_function_may_run_twice_for_one_task() -> None:
    world = World(outcome=Returned("done"))
    executions = world.executions({"Work": task()})
    executions.tasks.numbered[1] = twice(3.0)
    executions.start("a", "{}")
    world.kernel.run()

    assert executions.describe("a")["stopDate"] == 5
    assert world.worked == [(0, 5), (3, 8)]
