"""The custom resource that asks for a color: CloudFormation's part of a release."""

from __future__ import annotations

from aws_cdk import Duration
from constructs import Construct
from traffic_switch.contract import KEEP, ONE_WAY, RELEASE_RESOURCE_TYPE, Color

from greenlight_cdk.function_resource import FunctionResource
from greenlight_cdk.lambda_function import PythonFunction


class ReleaseRequest(Construct):
    """Asks the switch for a color, or to keep what is live.

    CloudFormation compares templates, not reality: `attempt` makes a retry after an automatic rollback a change, and so
    does the front door when it becomes HTTPS, or HTTP again: the production rule has to follow it. `front_door` is the
    listener on port 443 where it serves. CloudFormation deletes no listener that this resource imports, and so none
    that may have the production rule because the rule's way back to port 80 failed. Where the way there failed, nothing
    is imported, and the edge asks the rules (docs/decisions/0019-the-rule-follows-the-front-door.md).

    `one_way` is the version that is a one-way door, `undo_one_way` the door that a person goes back through; both may
    be empty (docs/decisions/0051-a-one-way-door-is-a-version.md).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        request: PythonFunction,
        service: str,
        color: Color | None,
        versions: dict[Color, str],
        attempt: int,
        one_way: str,
        undo_one_way: str,
        front_door: str | None,
        timeout: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        resource = FunctionResource(
            self,
            "Request",
            function=request,
            timeout=timeout,
            resource_type=RELEASE_RESOURCE_TYPE,
            properties={
                "Service": service,
                "Attempt": attempt,
                **({"FrontDoor": front_door} if front_door else {}),
                **_wanted(color, versions),
                **(_door(versions[color], one_way, undo_one_way) if color else {}),
            },
        )
        self.active_color = resource.get_att_string("ActiveColor")


def _wanted(color: Color | None, versions: dict[Color, str]) -> dict[str, str]:
    """A named color comes with its version alone, so that a new version of the idle color changes nothing here."""
    if color is None:
        return {"Color": KEEP, "BlueVersion": versions[Color.BLUE], "GreenVersion": versions[Color.GREEN]}
    return {"Color": color.value, "Version": versions[color]}


def _door(version: str, one_way: str, undo_one_way: str) -> dict[str, str]:
    """What is said of one-way doors. A version that is released to go back through one is none itself."""
    if undo_one_way:
        return {"UndoOneWay": undo_one_way}
    return {"OneWay": ONE_WAY} if version == one_way else {}
