"""The switch's own machine, and its place in the cloud of the simulation."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from traffic_switch import asl

from tests.simulation.cloudwatch import EPOCH
from tests.simulation.states.executions import Executions
from tests.simulation.states.machine import Machine
from tests.simulation.states.tasks import Tasks

if TYPE_CHECKING:
    from tests.simulation.cloud import Cloud

DEADLINE_SECONDS = 3000
SETTLE_QUEUE = "settle"


def definition(deadline_seconds: int = DEADLINE_SECONDS) -> dict[str, Any]:
    """The machine's definition, with `Lock` in the place of `${LockFunctionArn}`, and so on."""
    text = asl.expand(asl.DEFINITION.read_text(), deadline_seconds)
    loaded: dict[str, Any] = json.loads(re.sub(r"\$\{(\w+)FunctionArn\}", r"\1", text))
    return loaded


@cache
def machine(deadline_seconds: int = DEADLINE_SECONDS) -> Machine:
    """The machine, compiled once for all scenarios of a process. Its functions are called Lock, Pay, Preflight ..."""
    return Machine(definition(deadline_seconds))


def install(cloud: Cloud, deadline_seconds: int = DEADLINE_SECONDS) -> Executions:
    """Give a cloud its state machine. What dies is announced to the queue `settle`, which has to be there by then."""
    executions = Executions(
        kernel=cloud.kernel,
        machine=machine(deadline_seconds),
        tasks=Tasks(cloud.kernel, cloud.functions.start),
        announce=lambda event: cloud.queue(SETTLE_QUEUE).send(event),
        epoch=EPOCH,
        machine_arn=cloud.state_machine_arn,
    )
    cloud.states = executions
    return executions
