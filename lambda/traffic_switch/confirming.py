"""The front door's word: whether users reach the color that the rule says."""

from __future__ import annotations

from traffic_switch.config import Service
from traffic_switch.contract import Color
from traffic_switch.verdict import Judgment, failed, passed
from traffic_switch.world import World

PAUSE_SECONDS = 0.05


def agreed(world: World, service: Service, color: Color) -> Judgment:
    """Ask until enough answers in a row come from the new color: a rule takes effect some time after it is written
    (ELB user guide, Edit a rule), and only users' answers tell when.
    """
    door, deadline = world.front_door(service), world.monotonic() + world.policy.confirm_deadline_seconds
    in_a_row = asked = 0
    while in_a_row < world.policy.confirm_answers:
        reply = door.ask(service.health_path)
        asked += 1
        in_a_row = in_a_row + 1 if reply.environment == color else 0
        if in_a_row == 0:
            if world.monotonic() >= deadline:
                return failed(
                    f"the front door still answers from {reply.environment or reply.problem or reply.status} "
                    f"{world.policy.confirm_deadline_seconds:.0f} s after the rule was written, wanted {color}"
                )
            world.sleep(PAUSE_SECONDS)
    return passed(f"all traffic is on {color}; the front door agreed after {asked} requests")
