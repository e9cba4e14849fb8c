"""What is done about a request or an execution that is not Greenlight's own: nothing, and a person is paged."""

from __future__ import annotations

import logging

from traffic_switch.world import World

log = logging.getLogger(__name__)

ADVICE = (
    "Nothing was changed. Somebody may be attacking, or tried something out: the runbook (docs/operations.md, FORGED)"
    " says how to find out who it was"
)

LONGEST = 1_000
"""How much is told of what somebody made up, who may write as much as fits into an execution's input: 256 KiB."""


def page(world: World, what: str, why: str) -> None:
    """Tell people that something forged was refused.

    Raises:
        ClientError, BotoCoreError: the page did not get through; whoever refused it is called again.
    """
    said = why if len(why) <= LONGEST else f"{why[:LONGEST]}..."
    log.error("refused as forged", extra={"what": what, "why": said})
    world.notifier.tell(f"PAGE: Greenlight: a forged {what} was refused", f"{said}. {ADVICE}")
