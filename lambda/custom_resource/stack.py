"""Whether CloudFormation is going forward or back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from traffic_switch.ports.stack_status import status

from custom_resource.patience import Patience
from custom_resource.request import Event, Kind

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

log = logging.getLogger(__name__)

SECOND_LOOK_SECONDS = 3.0
"""How long before a refusal the stack is asked once more, since a status that was read may be an old one."""


def is_rolling_back(client: CloudFormationClient, stack_id: str) -> bool:
    """Whether the stack is in a rollback. An Update looks the same in both directions; only the stack tells.

    A rollback must never be refused: a resource that fails then leaves the stack in UPDATE_ROLLBACK_FAILED.
    """
    return "ROLLBACK" in status(client, stack_id)


def is_known_to_roll_back(event: Event, look: Callable[[str], bool], patience: Patience) -> bool:
    """Whether the event belongs to a rollback, by one look at its stack.

    A stack that cannot be read counts as going forward, and its status may be an old one: whoever is about to refuse an
    event looks again.
    """
    if event.get("RequestType") != Kind.UPDATE:
        return False
    try:
        return patience(lambda: look(str(event["StackId"])))
    except Exception:
        log.exception("whether the stack is rolling back could not be read")
        return False


def goes_back(event: Event, look: Callable[[str], bool], patience: Patience, sleep: Callable[[float], None]) -> bool:
    """Whether the event belongs to a rollback, by two looks at its stack: asked before a refusal."""
    if is_known_to_roll_back(event, look, patience):
        return True
    sleep(SECOND_LOOK_SECONDS)
    return is_known_to_roll_back(event, look, patience)
