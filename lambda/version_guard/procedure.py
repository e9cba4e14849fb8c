"""How a declaration is judged: what is looked at, in which order, and what a rollback is spared.

**What is left.** CloudFormation changes the colors after the guard has answered, and nothing locks them: a switch that
takes its lock in between is not seen. The lock is therefore looked at last of all. After that, on EC2, `host_color`
looks again before it touches a container. On both computes the switch defends itself: its smoke test and each probe of
its bake require the version that it was asked for, so a color that is replaced under it fails, and the traffic goes
back. Its rollback asks the color that it goes back to for its version too, and pages rather than move users to another.
"""

from __future__ import annotations

import logging

from custom_resource.patience import Patience
from custom_resource.request import Event, Kind, kind_of, properties
from custom_resource.stack import SECOND_LOOK_SECONDS, is_known_to_roll_back
from traffic_switch.errors import RequestError
from traffic_switch.journal import Answer
from traffic_switch.verdict import Verdict

from version_guard.case import Case
from version_guard.going_back import GoingBack
from version_guard.model import Declaration, found
from version_guard.naming import attributes
from version_guard.world import World

log = logging.getLogger(__name__)


def decide(event: Event, world: World, patience: Patience) -> Answer:
    """Judge one request. The answer of a success says how each color names its image."""
    kind = kind_of(event)
    if kind is Kind.DELETE:
        return Answer("SUCCESS", "nothing to guard")
    if is_known_to_roll_back(event, world.is_rolling_back, patience):
        return _roll_back(event, world, patience)
    answer = _go_forward(event, kind, world, patience)
    if kind is Kind.UPDATE and not answer.good:
        world.surroundings.sleep(SECOND_LOOK_SECONDS)
        if is_known_to_roll_back(event, world.is_rolling_back, patience):
            return _roll_back(event, world, patience)
    return answer


def _roll_back(event: Event, world: World, patience: Patience) -> Answer:
    """Never refuse a rollback, whatever it goes back to. Only a journal that stays away stops it.

    Without it nobody knows how the colors named their images, and another name would replace a live container. A stack
    that waits for somebody is the smaller harm.
    """
    try:
        wanted = Declaration.from_properties(properties(event))
        back = GoingBack(wanted, found(world.services, wanted.service), world, patience)
    except RequestError:
        log.exception("the rollback goes back to properties that make no sense")
        return Answer("SUCCESS", "rolling back")
    try:
        references = back.references()
    except Exception as error:
        log.exception("the images of before are not known")
        return Answer(
            "FAILED",
            f"{wanted.service}: which images ran before cannot be read, and no container was touched: {error}. When it"
            f" can be, run `aws cloudformation continue-update-rollback --stack-name {event['StackId']}`",
        )
    back.mark_running(references)
    return Answer("SUCCESS", "rolling back", attributes(references))


def _go_forward(event: Event, kind: Kind, world: World, patience: Patience) -> Answer:
    """What cannot be read is refused."""
    try:
        wanted = Declaration.from_properties(properties(event))
        case = Case(wanted, _before(event), found(world.services, wanted.service), world, patience)
        judgment = case.judge(kind)
        if judgment.verdict is Verdict.FAIL:
            return Answer("FAILED", judgment.reason)
        return Answer("SUCCESS", judgment.reason, attributes(case.settle()))
    except Exception as error:
        log.exception("the declaration was not judged")
        return Answer("FAILED", f"the versions could not be checked: {error}")


def _before(event: Event) -> Declaration | None:
    """What was declared before, or None: then nothing is known to stay as it is."""
    try:
        return Declaration.from_properties(properties(event, "OldResourceProperties"))
    except RequestError:
        return None
