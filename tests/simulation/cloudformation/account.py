"""CloudFormation's place in the cloud of the simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.cloudformation.stacks import Stacks

if TYPE_CHECKING:
    from tests.simulation.cloud import Cloud


def install(cloud: Cloud, lag: float = 0.0) -> Stacks:
    """Give a cloud its CloudFormation: requests go to functions as events, answers come back over HTTP."""
    stacks = Stacks(cloud.kernel, cloud.invoke_async, lag)
    cloud.stacks = stacks
    cloud.web.on_answer = stacks.answered
    return stacks
