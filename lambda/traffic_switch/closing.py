"""The last steps of a switch, in this order: traffic is settled, people are told, the journal is closed."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from traffic_switch.ending import Ending, Facts, end
from traffic_switch.errors import JournalError
from traffic_switch.journal import Answer, Closing
from traffic_switch.model import Hold, Live, Mode, Outcome, Switch
from traffic_switch.traffic import Traffic
from traffic_switch.world import World

log = logging.getLogger(__name__)

SAID = {
    Outcome.UNCHANGED: "Traffic was not touched",
    Outcome.ROLLED_BACK: "Traffic is back as it was",
    Outcome.HELD: "TRAFFIC WAS HELD WHERE IT IS",
}
NEXT = "Look at both colors, then run `greenlight repair`; the runbook (docs/operations.md, HELD) says what else"


def close_taken_back(world: World, switch: Switch, hold: Hold, traffic: Traffic, why: str) -> Ending:
    """Tell people, then end the switch as its traffic ended.

    Raises:
        LockLostError: another switch ended it meanwhile.
    """
    outcome = traffic.ending.outcome
    told = f"{SAID[outcome]}: {traffic.reason}" + (f". {traffic.advice or NEXT}" if traffic.ending.page else "")
    reason = f"{why}. {told}" if why else told
    if not (switch.mode is Mode.RESTORE and outcome is Outcome.UNCHANGED):
        tell(world, switch, traffic.ending, reason)
    back = traffic.owed
    changes_live = back is not None or traffic.stays is not None
    live = back.before.live if back and back.before else traffic.stays
    closing = Closing(
        outcome,
        reason,
        answer(traffic.ending, reason, live if changes_live else live_or_none(world, switch.service)),
        changes_live=changes_live,
        live=live,
        owed=back.switch.id if back else "",
    )
    world.journal.close(hold, closing)
    return traffic.ending


def close_finished(world: World, switch: Switch, hold: Hold, reason: str, live: Live | None) -> Ending:
    """End a switch that did what it was asked for; `live` is what is live from now on.

    Raises:
        LockLostError: another switch ended it meanwhile.
    """
    ending = end(Facts(switch.mode, finished=True))
    world.journal.close(
        hold, Closing(ending.outcome, reason, answer(ending, reason, live), changes_live=True, live=live)
    )
    return ending


def close_refused(world: World, switch: Switch, reason: str) -> bool:
    """End a switch that never got the lock. False: it got it after all, or was ended by another."""
    ending = end(Facts(switch.mode, begun=False))
    if ending.page:
        tell(world, switch, ending, reason)
    decided = answer(ending, reason, live_or_none(world, switch.service))
    return world.journal.refuse(switch, ending.outcome, reason, decided)


def tell(world: World, switch: Switch, ending: Ending, reason: str) -> None:
    """Tell people. A page must get through before the switch is closed; other news may get lost.

    Raises:
        AwsCallError: the page did not get through; whoever closes the switch is called again.
    """
    urgency = "PAGE: " if ending.page else ""
    try:
        world.notifier.tell(f"{urgency}Greenlight {switch.service}: {switch.mode} {ending.outcome}", reason)
    except Exception:
        if ending.page:
            raise
        log.exception("nobody was notified")


def answer(ending: Ending, reason: str, live: Live | None) -> Answer:
    """The answer to CloudFormation."""
    data = {"ActiveColor": live.color.value if live else "none", "Outcome": ending.outcome.value}
    return Answer("SUCCESS" if ending.good else "FAILED", reason, data)


def explained(failure: Mapping[str, Any]) -> str:
    """One sentence out of a judgment's reason, or out of the error that Step Functions caught."""
    phase, cause = failure.get("phase"), message_of(str(failure.get("reason", "")))
    return f"{phase} failed: {cause}".strip() if phase else cause


def message_of(cause: str) -> str:
    """What an error says, out of the JSON in which Lambda reports one. Any other text is as it is."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return str(json.loads(cause)["errorMessage"])
    return cause


def live_or_none(world: World, service: str) -> Live | None:
    """What is live, where a damaged item must not keep a switch from its end, or CloudFormation from an answer."""
    try:
        return world.journal.live(service)
    except JournalError:
        return None
