"""Step Functions and CloudFormation in their places in the cloud: a release from the stack to its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.request import Request

from tests.simulation.cloud import Cloud
from tests.simulation.cloudformation import account
from tests.simulation.cloudformation.deployments import RELEASE, Declared, release
from tests.simulation.faults import Fault, Kind
from tests.simulation.functions import Function
from tests.simulation.states import switch

GREEN = Declared("shop", "v1", "v2", "green")


@dataclass
class Story:
    """A cloud whose functions answer PASS, except those in `verdicts`. Request starts an execution, Respond answers."""

    verdicts: Mapping[str, str] = field(default_factory=dict)
    cloud: Cloud = field(default_factory=Cloud)
    settled: list[Any] = field(default_factory=list)
    events: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.executions = switch.install(self.cloud)
        self.stacks = account.install(self.cloud)
        for name in self.executions.machine.states:
            self.cloud.functions.add(Function(name, partial(self._step, name)))
        self.cloud.functions.add(Function("Request", self._request))
        self.cloud.functions.add(Function("Settle", lambda event, _: self.settled.append(event)))
        self.cloud.add_queue(switch.SETTLE_QUEUE, "Settle")

    def release(self) -> str:
        self.stacks.deploy(RELEASE, release(GREEN, seconds=600.0))
        self.cloud.run()
        return self.stacks.all[RELEASE].status

    def _request(self, event: Any, machine: Any) -> None:
        self.events[event["RequestId"]] = event
        given = {"switch_id": event["RequestId"], "mode": "release", "service": "shop"}
        states = machine.client("stepfunctions", None)
        states.start_execution(
            stateMachineArn=self.cloud.state_machine_arn, name=event["RequestId"], input=json.dumps(given)
        )

    def _step(self, name: str, payload: Any, machine: Any) -> Any:
        if name == "Respond":
            self._answer(machine, payload)
        verdict = self.verdicts.get(name, "PASS")
        more = {"progress": {}, "wait_seconds": 1, "hold": {"debt": ""}, "before": {}}
        return {"verdict": verdict, "reason": f"{name} says {verdict}", **more}

    def _answer(self, machine: Any, payload: Any) -> None:
        event = self.events[payload["switch"]["switch_id"]]
        repeated = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
        body = json.dumps({"Status": "SUCCESS", "PhysicalResourceId": "shop", **repeated}).encode()
        reply = machine.fetch(Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT"), 5.0)
        assert reply.status == 200


def test_a_release_goes_from_the_stack_through_the_machine_to_its_answer() -> None:
    story = Story()

    assert story.release() == "CREATE_COMPLETE"
    [execution] = story.executions.all.values()
    assert execution.run.status == "SUCCEEDED"
    assert [request.closed for request in story.stacks.requests] == ["heard"]
    assert story.settled == []


def test_the_functions_see_the_wall_clock_and_the_machine() -> None:
    story = Story()
    story.release()

    [execution] = story.executions.all.values()
    context = execution.run.states({})["context"]
    assert context["StateMachine"]["Id"] == story.cloud.state_machine_arn
    assert context["Execution"]["StartTime"].startswith(context["State"]["EnteredTime"][:13])


def test_an_execution_that_fails_is_told_to_settle() -> None:
    story = Story({"Respond": "FAIL"})
    story.release()

    [batch] = story.settled
    detail = json.loads(batch["Records"][0]["body"])["detail"]
    assert (detail["status"], detail["error"]) == ("FAILED", "SwitchFailed")
    assert json.loads(detail["input"])["service"] == "shop"


def test_a_task_whose_function_was_throttled_is_tried_again() -> None:
    story = Story()
    story.cloud.faults.addressed["Shift", "lambda.Invoke", 1] = Fault(Kind.THROTTLED)

    assert story.release() == "CREATE_COMPLETE"
    [execution] = story.executions.all.values()
    assert execution.run.variables["clean"] is False


def test_a_function_that_dies_in_a_task_is_an_error_that_the_machine_knows() -> None:
    story = Story()
    story.cloud.faults.addressed["Preflight", "lambda.Invoke", 1] = Fault(Kind.KILLED_BEFORE)

    assert story.release() == "CREATE_COMPLETE"
    assert [visit.state for visit in story.executions.all[story.stacks.requests[0].id].run.visits].count(
        "RollBack"
    ) == 0
